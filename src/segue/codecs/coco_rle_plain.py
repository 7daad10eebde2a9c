"""The texts of COCO masks in plain numpy: for few of them, and the oracle of the kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

GOOD, CHARACTER, CUT_OFF, NEGATIVE, BEYOND = range(5)
"""What may be wrong with a mask: nothing; a character that is none; it ends within a number; a count is negative; it covers more than its size."""
_MOST = 11
"""Groups of five bits of a number."""


class Counts(NamedTuple):
    """The counts of many masks."""

    start: Ints
    """(masks + 1,) where the counts of each begin."""
    counts: Ints


def decode(texts: Bytes, start: Ints) -> tuple[Counts, Ints]:
    """As ``coco_rle.of_text``."""
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    group = texts.astype(np.int64) - 48
    good = (group >= 0) & (group < 64)
    fault = np.zeros(len(start) - 1, np.int64)
    last = (group & 32) == 0
    filled = np.flatnonzero(np.diff(start))
    fault[filled[~last[start[1:][filled] - 1]]] = CUT_OFF
    ends = last.copy()
    ends[start[1:][filled] - 1] = True  # a number never goes on in the next text
    begin = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(ends)[:-1] + 1]) if len(texts) else np.zeros(0, np.int64)
    length = np.diff(begin, append=len(texts))
    fault[owner[begin[length > _MOST]]] = CHARACTER
    fault[owner[~good]] = CHARACTER
    nth = np.arange(len(texts)) - np.repeat(begin, length)
    value = np.add.reduceat((group & 31) << np.minimum(5 * nth, 55), begin) if len(begin) else begin
    value -= np.where(group[begin + length - 1] & 16, np.int64(1) << np.minimum(5 * length, 60), 0)
    kept = fault[owner[begin]] == 0
    own = owner[begin][kept]
    offsets = np.searchsorted(own, np.arange(len(start))).astype(np.int64)
    return Counts(offsets, _summed(value[kept], own, offsets)), fault


def _summed(value: Ints, owner: Ints, offsets: Ints) -> Ints:
    """Counts from differences to the count two before, from the fourth count on."""
    nth = np.arange(len(value)) - offsets[owner]
    chain = np.where(nth == 0, 0, 1 + nth % 2)
    order = np.lexsort((nth, chain, owner))
    total = np.cumsum(value[order])
    first = np.flatnonzero(np.diff(3 * owner[order] + chain[order], prepend=-1))
    before = np.repeat(total[first] - value[order][first], np.diff(first, append=len(value)))
    counts = np.empty_like(value)
    counts[order] = total - before
    return counts


def encode(masks: Counts) -> tuple[Bytes, Ints]:
    """As ``coco_rle.to_text``."""
    owner = np.repeat(np.arange(len(masks.start) - 1), np.diff(masks.start))
    nth = np.arange(len(owner)) - masks.start[owner]
    value = masks.counts - np.where(nth > 2, masks.counts[np.maximum(np.arange(len(owner)) - 2, 0)], 0)
    groups, open_ = [], []
    going = np.ones(len(value), np.bool_)
    while going.any():
        group = value & 31
        value = value >> 5
        groups.append(np.where(going, group, -1))
        going = going & (value != np.where(group & 16, -1, 0))
        open_.append(going)
    table = np.stack(groups, axis=1) if groups else np.empty((0, 1), np.int64)
    codes = table + 48 + 32 * (np.stack(open_, axis=1) if open_ else np.empty((0, 1), np.int64))
    lengths = np.concatenate([np.zeros(1, np.int64), np.cumsum((table >= 0).sum(axis=1))])
    return codes[table >= 0].astype(np.uint8), lengths[masks.start]
