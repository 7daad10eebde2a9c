"""Run-length masks of COCO: pixels counted down the columns, background first; as numbers, as text, and as blocks of pixels.

The text of pycocotools writes each count from the fourth on as the difference to the count two before it, in groups of five bits, the lowest first:
a character is 48 + group, + 32 if another group follows; the sign is the highest bit of the last group.
"""

from __future__ import annotations

import numpy as np

from segue.codecs import coco_rle_plain as plain
from segue.codecs.coco_rle_plain import BEYOND, CHARACTER, CUT_OFF, GOOD, NEGATIVE, Bytes, Counts, Ints
from segue.geometry.blocks import Blocks
from segue.model.rings import laid_out

__all__ = ["BEYOND", "CHARACTER", "CUT_OFF", "GOOD", "NEGATIVE", "Counts", "faults", "of_blocks", "of_text", "to_blocks", "to_text"]

SMALL = 1_000_000
"""Characters up to which plain numpy is faster than loading the kernels."""
LARGEST_SIDE = 2**31 - 1


def of_text(texts: Bytes, start: Ints) -> tuple[Counts, Ints]:
    """Counts from texts laid end to end; ``start`` (masks + 1,) says where each begins.

    Returns
    -------
    The counts, and (masks,) what is wrong with each (CHARACTER, CUT_OFF or GOOD); a bad mask has no counts.
    """
    if len(texts) <= SMALL:
        return plain.decode(texts, start)
    from segue.codecs import coco_rle_kernel as kernel

    offsets, counts, fault = np.zeros(len(start), np.int64), np.empty(len(texts), np.int64), np.zeros(len(start) - 1, np.int64)
    used = kernel.decode(texts, start, offsets, counts, fault)
    return Counts(offsets, counts[:used].copy()), fault


def to_text(masks: Counts) -> tuple[Bytes, Ints]:
    """The texts of masks laid end to end, and where each begins (masks + 1,)."""
    if len(masks.counts) <= SMALL:
        return plain.encode(masks)
    from segue.codecs import coco_rle_kernel as kernel

    out, start = np.empty(13 * len(masks.counts), np.uint8), np.zeros(len(masks.start), np.int64)
    used = kernel.encode(masks.start, masks.counts, out, start)
    return out[:used].copy(), start


def faults(masks: Counts, height: Ints, width: Ints) -> Ints:
    """(masks,) NEGATIVE or BEYOND, else GOOD. Sizes are at most 2**31 - 1."""
    found = np.zeros(len(height), np.int64)
    owner = np.repeat(np.arange(len(height)), np.diff(masks.start))
    large = (masks.counts < 0) | (masks.counts > LARGEST_SIDE**2)
    found[owner[large]] = np.where(masks.counts[large] < 0, NEGATIVE, BEYOND)
    sums = np.bincount(owner, masks.counts, minlength=len(height))
    found[(found == GOOD) & (sums > height.astype(np.float64) * width)] = BEYOND
    return found


def to_blocks(masks: Counts, height: Ints) -> Blocks:
    """The pixels of masks without faults; at most three blocks per count, however many columns it covers."""
    shape, begin, end = _foreground(masks)
    h = height[shape]
    first, last = begin // h, (end - 1) // h
    one = first == last
    head = ~one & (begin % h != 0)
    tail = ~one & (end % h != 0)
    left, right = first + head, last + ~tail
    body = ~one & (right > left)
    columns = (
        (one, first, np.ones_like(first), begin % h, (end - 1) % h + 1),
        (head, first, np.ones_like(first), begin % h, h),
        (body, left, right - left, np.zeros_like(h), h),
        (tail, last, np.ones_like(first), np.zeros_like(h), end % h),
    )
    owner, x, width, top, bottom = (np.concatenate([(shape if field == 0 else column[field])[column[0]] for column in columns]) for field in range(5))
    order = np.lexsort((top, x, owner))
    start = np.searchsorted(owner[order], np.arange(len(height) + 1)).astype(np.int64)
    return Blocks(start, x[order], width[order], top[order], bottom[order])


def _foreground(masks: Counts) -> tuple[Ints, Ints, Ints]:
    """Mask, begin and end of each run of pixels in the mask; runs that follow each other without a gap are one."""
    owner = np.repeat(np.arange(len(masks.start) - 1), np.diff(masks.start))
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(masks.counts)])
    end = total[1:] - total[masks.start[owner]]
    kept = ((np.arange(len(owner)) - masks.start[owner]) % 2 == 1) & (masks.counts > 0)
    owner, begin, end = owner[kept], (end - masks.counts)[kept], end[kept]
    return _without_gaps(owner, begin, end)


def _without_gaps(owner: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    new = np.ones(len(owner), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (begin[1:] != end[:-1])
    closes = np.append(new[1:], True) if len(new) else new
    return owner[new], begin[new], end[closes]


def of_blocks(blocks: Blocks, height: Ints, width: Ints) -> Counts:
    """The counts of masks; every block lies within its image of ``height`` x ``width`` (shapes,)."""
    _, nth = laid_out(np.zeros(len(blocks.x), np.int64), blocks.width)
    owner = np.repeat(np.repeat(np.arange(blocks.shapes), np.diff(blocks.start)), blocks.width)
    h = height[owner]
    x, top, bottom = np.repeat(blocks.x, blocks.width) + nth, np.repeat(blocks.top, blocks.width), np.repeat(blocks.bottom, blocks.width)
    order = np.lexsort((top, x, owner)) if len(x) and blocks.width.max() > 1 else slice(None)
    owner, begin, end = _without_gaps(owner[order], (x * h + top)[order], (x * h + bottom)[order])
    previous = np.concatenate([np.zeros(1, np.int64), end[:-1]])[: len(end)]
    previous[np.flatnonzero(np.diff(owner, prepend=-1))] = 0
    pairs = np.bincount(owner, minlength=blocks.shapes)
    size = height * width
    last = np.zeros(blocks.shapes, np.int64)
    last[owner] = end  # the later of equal indexes stays
    rest = size - last
    more = (rest > 0) | (pairs == 0)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(2 * pairs + more)])
    counts = np.empty(int(start[-1]), np.int64)
    place = start[owner] + 2 * (np.arange(len(owner)) - np.searchsorted(owner, owner))
    counts[place], counts[place + 1] = begin - previous, end - begin
    counts[start[1:][more] - 1] = rest[more]
    return Counts(start, counts)
