"""Segmentations of annotations, from text to rings: polygons whose parts are united, and run-length masks of both kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt

from segue.codecs import coco_rle
from segue.codecs.coco_rle import Counts
from segue.codecs.json_rows import decoded
from segue.errors import Malformed
from segue.formats.coco.terms import SIDE
from segue.geometry.blocks import traced
from segue.model.rings import Ints, Rings, concat

_Length = Annotated[int, msgspec.Meta(ge=0, le=SIDE)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
COUNTS = 1 << 21
"""Counts of masks that are traced at a time."""
_WRONG = {
    coco_rle.CHARACTER: "its counts have a character that is none of COCO's",
    coco_rle.CUT_OFF: "its counts are cut off",
    coco_rle.NEGATIVE: "a count is negative",
    coco_rle.BEYOND: "it covers more pixels than its size has",
}


class Mask(msgspec.Struct, gc=False):
    """A run-length mask."""

    size: tuple[_Length, _Length]
    """Height, width."""
    counts: str | list[_Count]


@dataclass(frozen=True)
class Segments:
    """Segmentations of some annotations."""

    rows: Ints
    """The annotation of each."""
    rings: Rings
    areas: npt.NDArray[np.float64]
    """Pixels of each mask; empty for polygons."""
    repaired: int = 0
    """Rings that were left out: an odd number of coordinates, or fewer than three corners."""
    unfinished: int = 0
    """Masks whose counts end before their last pixel."""


def polygons(rows: Sequence[int], values: Sequence[msgspec.Raw], path: Path | str) -> Segments:
    """Lists of polygons ``[x1, y1, x2, y2, ...]``.

    Raises
    ------
    Malformed
    """
    coords: list[npt.NDArray[np.float64]] = [np.empty(0)]
    lengths: list[int] = []
    counts: list[int] = []
    for piece in _pieces(values, path):
        coords.append(np.fromiter(chain.from_iterable(chain.from_iterable(piece)), np.float64))
        lengths += [len(ring) for polygon in piece for ring in polygon]
        counts += map(len, piece)
    flat, numbers = np.concatenate(coords), np.array(lengths, np.int64)
    shape = np.repeat(np.arange(len(counts)), counts)
    good = (numbers % 2 == 0) & (numbers >= 6)
    flat, numbers, shape = flat[np.repeat(good, numbers)], numbers[good] // 2, shape[good]
    xy, corners = _open(flat.reshape(-1, 2), numbers)
    each = np.arange(len(corners) + 1)
    shape_start = np.searchsorted(shape, np.arange(len(counts) + 1)).astype(np.int64)
    rings = Rings(xy, np.concatenate([[0], np.cumsum(corners)]), each, shape_start)
    return Segments(np.array(rows, np.int64), rings, np.empty(0), int((~good).sum()))


def _pieces(values: Sequence[msgspec.Raw], path: Path | str) -> Iterator[list[list[list[float]]]]:
    """The polygons of annotations, a piece at a time; a single one without the outer brackets, as some programs write, counts as one."""
    done = 0
    try:
        for piece in decoded(values, list[list[float]], "segmentations", path):
            yield piece
            done += len(piece)
    except Malformed:
        for bare in decoded(values[done:], list[list[float] | float], "segmentations", path):
            yield [_listed(one, path) for one in bare]


def _listed(polygon: list[list[float] | float], path: Path | str) -> list[list[float]]:
    rings = [one for one in polygon if isinstance(one, list)]
    numbers = [one for one in polygon if not isinstance(one, list)]
    if rings and numbers:
        raise Malformed(f"{path} is damaged: a segmentation mixes numbers and lists", path=path, position="segmentation", expected="lists of numbers")
    return rings if rings or not numbers else [numbers]


def _open(xy: npt.NDArray[np.float64], corners: Ints) -> tuple[npt.NDArray[np.float64], Ints]:
    """Without the last corner of rings that repeat their first one there."""
    end = np.cumsum(corners)
    closed = (xy[end - 1] == xy[end - corners]).all(axis=1) & (corners > 3)
    if not closed.any():
        return xy, corners
    return np.delete(xy, end[closed] - 1, axis=0), corners - closed


def masks(rows: Sequence[int], values: Sequence[msgspec.Raw], path: Path | str) -> Segments:
    """Run-length masks as the exact outlines of their pixels.

    Raises
    ------
    Malformed
    """
    sizes: list[tuple[int, int]] = []
    plain, plain_rows, texts, text_rows = [], [], [], []
    for piece in decoded(values, Mask, "run-length masks", path):
        for row, mask in enumerate(piece, len(sizes)):
            if isinstance(mask.counts, str):
                texts.append(mask.counts)
                text_rows.append(row)
            else:
                plain.append(np.array(mask.counts, np.int64))
                plain_rows.append(row)
        sizes += [mask.size for mask in piece]
    found, fault = coco_rle.of_text(*_bytes(texts))
    size = np.array(sizes, np.int64).reshape(-1, 2)
    both = Counts(
        np.concatenate([found.start[:-1], found.start[-1] + np.cumsum([0, *map(len, plain)])]),
        np.concatenate([found.counts, *plain]),
    )
    order = np.array(text_rows + plain_rows, np.int64)
    size = size[order]
    wrong = np.concatenate([fault, np.zeros(len(plain), np.int64)])
    wrong = np.where(wrong, wrong, coco_rle.faults(both, size[:, 0], size[:, 1]))
    if wrong.any():
        nth = int(np.flatnonzero(wrong)[0])
        what = _WRONG[int(wrong[nth])]
        raise Malformed(f"{path} is damaged: the mask of annotation {rows[order[nth]] + 1} is wrong: {what}", path=path, position="segmentation", expected=what)
    rings, areas = _outlined(both, size[:, 0])
    back = np.argsort(order, kind="stable")
    total = np.concatenate([[0], np.cumsum(both.counts)])[both.start]
    short = int((np.diff(total) < size[:, 0] * size[:, 1]).sum())
    return Segments(np.array(rows, np.int64), rings.take(back), areas[back], unfinished=short)


def _outlined(all_of_them: Counts, height: Ints) -> tuple[Rings, npt.NDArray[np.float64]]:
    """Outlines and areas of masks, some thousand at a time."""
    start = all_of_them.start
    inner = np.unique(np.searchsorted(start, np.arange(COUNTS, int(start[-1]), COUNTS)))
    cuts = [0, *(int(cut) for cut in inner if 0 < cut < len(height)), len(height)]
    found, areas = [], [np.empty(0)]
    for first, last in pairwise(cuts):
        some = Counts(start[first : last + 1] - start[first], all_of_them.counts[start[first] : start[last]])
        blocks = coco_rle.to_blocks(some, height[first:last])
        found.append(traced(blocks))
        areas.append(blocks.areas().astype(np.float64))
    rings = concat(found)
    return Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start), np.concatenate(areas)


def _bytes(texts: list[str]) -> tuple[npt.NDArray[np.uint8], Ints]:
    """The characters of texts laid end to end; what is not ASCII becomes a character that is none of COCO's."""
    data = "".join(texts).encode("ascii", "replace").replace(b"?", b" ") if not all(map(str.isascii, texts)) else "".join(texts).encode()
    return np.frombuffer(data, np.uint8), np.cumsum([0, *map(len, texts)]).astype(np.int64)
