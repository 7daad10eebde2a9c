"""Histograms from which thresholds are found, added up block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from segue.errors import TooLarge
from segue.measure.segmenting.thresholds import CLASSES
from segue.measure.segmenting.thresholds_exact import finite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segue.measure.segmenting.thresholds_exact import Blocks

    Counts = NDArray[np.int64]

MOST_VALUES = 1 << 24
"""Values of whole numbers that are counted one by one."""


PIECE = 1 << 20
"""Pixels that are counted at a time: each takes 8 bytes meanwhile."""


class Histogram(NamedTuple):
    """Pixels in classes."""

    counts: Counts
    low: float | None
    """The lowest value; None = no pixel holds a number."""
    high: float | None
    scaled: bool = True
    """Whether the classes lie between ``low`` and ``high``; else they are the values 0 to 255."""
    centres: NDArray[np.floating[Any]] | None = None
    """Values of the classes, where these are not ImageJ's."""
    two: tuple[float, float] | None = None
    """The values, where there are only two."""


def seen_by_imagej(blocks: Blocks, dtype: np.dtype[Any], *, stack: bool) -> Histogram:
    """The 256 classes in which ImageJ 1.53t looks for a threshold.

    Numbers of 8 bits are classes themselves. Those of 16 bits, and all others as fractions of 32 bits, lie in classes between the lowest
    and the highest value: of a plane the nearest class, of a stack the one they are in. In a plane what is no number counts as the lowest.

    Parameters
    ----------
    blocks
        The pixels, as often as asked for.
    dtype
        Their type.
    stack
        Whether they are of several planes.
    """
    if dtype.kind == "b" or dtype == np.uint8:
        counts = _each(blocks, np.dtype(np.uint8))
        return _narrowed(counts, np.arange(CLASSES), scaled=False)
    if dtype.kind in "iu" and dtype.itemsize <= 2:
        counts = _each(blocks, dtype)
        values = np.arange(len(counts)) + int(np.iinfo(dtype).min)
        ends = _narrowed(counts, values, scaled=True)
        return ends._replace(counts=_classes(counts, values, ends, stack=stack))
    return _fractions(blocks, stack=stack)


def _each(blocks: Blocks, dtype: np.dtype[Any]) -> Counts:
    """How many pixels have each value of a type of 8 or 16 bits."""
    size, least = 1 << 8 * dtype.itemsize, int(np.iinfo(dtype).min)
    counts = np.zeros(size, np.int64)
    for piece in _pieces(blocks):
        values = piece.view(np.uint8) if piece.dtype.kind == "b" else piece
        counts += np.bincount(values.astype(np.int32) - least if least else values, minlength=size)
    return counts


def _pieces(blocks: Blocks) -> Iterator[NDArray[Any]]:
    """The pixels, in one row each, ``PIECE`` at a time."""
    for block in blocks():
        flat = np.ascontiguousarray(block).reshape(-1)
        for begin in range(0, flat.size, PIECE):
            yield flat[begin : begin + PIECE]


def _narrowed(counts: Counts, values: NDArray[np.int64], *, scaled: bool) -> Histogram:
    used = np.flatnonzero(counts)
    if not len(used):
        return Histogram(counts, None, None, scaled)
    low, high = float(values[used[0]]), float(values[used[-1]])
    return Histogram(counts, low, high, scaled, two=(low, high) if len(used) == 2 else None)


def _classes(counts: Counts, values: NDArray[np.int64], ends: Histogram, *, stack: bool) -> Counts:
    """Single values of 16 bits in 256 classes."""
    if ends.low is None or ends.high is None or ends.low == ends.high:
        return counts[:CLASSES]
    height = values - ends.low
    scaled = 1 / ((ends.high - ends.low) / CLASSES) * height if stack else height * (CLASSES / (ends.high - ends.low + 1)) + 0.5
    number = np.clip(scaled, 0, CLASSES - 1).astype(np.int64)
    return np.bincount(number, counts, CLASSES).astype(np.int64)


def _fractions(blocks: Blocks, *, stack: bool) -> Histogram:
    low, high = _ends(blocks)
    if low is None or high is None or low == high:
        return Histogram(np.zeros(CLASSES, np.int64), low, high)
    counts, two = np.zeros(CLASSES, np.int64), True
    scale = CLASSES / (high - low) if stack else 255.0 / (high - low)
    for piece in _pieces(blocks):
        values = finite(piece.astype(np.float32)) if stack else piece.astype(np.float32)
        height = np.clip(np.nan_to_num(values, nan=low, posinf=high, neginf=low).astype(np.float64) - low, 0, None)
        number = np.minimum(height * scale + (0 if stack else 0.5), CLASSES - 1).astype(np.int64)
        counts += np.bincount(number, minlength=CLASSES)
        two = two and bool(((values == np.float32(low)) | (values == np.float32(high)) | ~np.isfinite(values)).all())
    return Histogram(counts, low, high, two=(low, high) if two else None)


def _ends(blocks: Blocks) -> tuple[float | None, float | None]:
    """The lowest and the highest number, as fractions of 32 bits."""
    ends = [(values.min(), values.max()) for block in blocks() if (values := finite(block)).size]
    if not ends:
        return None, None
    return float(np.float32(min(low for low, _ in ends))), float(np.float32(max(high for _, high in ends)))


def values_of(blocks: Blocks, dtype: np.dtype[Any]) -> Histogram:
    """Classes of scikit-image 0.26: every value of whole numbers, 256 classes of fractions; only of what is a number.

    Raises
    ------
    TooLarge
        Whole numbers that lie more than 2**24 apart.
    """
    if dtype.kind == "b" or (dtype.kind in "iu" and dtype.itemsize <= 2):
        whole = np.dtype(np.uint8) if dtype.kind == "b" else dtype
        counts = _each(blocks, whole)
        values = np.arange(len(counts)) + int(np.iinfo(whole).min)
        found = _narrowed(counts, values, scaled=True)
        used = np.flatnonzero(counts)
        kept = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 0)
        return found._replace(counts=counts[kept], centres=values[kept].astype(np.float64))
    return _whole(blocks) if dtype.kind in "iu" else _in_classes(blocks)


def _whole(blocks: Blocks) -> Histogram:
    ends = [(int(block.min()), int(block.max())) for block in blocks() if block.size]
    if not ends:
        return Histogram(np.zeros(1, np.int64), None, None)
    low, high = min(one for one, _ in ends), max(two for _, two in ends)
    if high - low >= MOST_VALUES:
        raise TooLarge(f"the values lie {high - low:,} apart, too many to count each; choose otsu, li or triangle, which count 256 classes", limit=MOST_VALUES)
    counts = np.zeros(high - low + 1, np.int64)
    for piece in _pieces(blocks):
        np.add.at(counts, (piece - piece.dtype.type(low)).astype(np.int64), 1)
    used = np.flatnonzero(counts)
    two = (float(low), float(high)) if len(used) == 2 else None
    return Histogram(counts, float(low), float(high), centres=np.arange(len(counts)) + float(low), two=two)


def _in_classes(blocks: Blocks) -> Histogram:
    ends = [(values.min(), values.max()) for block in blocks() if (values := finite(block)).size]
    if not ends:
        return Histogram(np.zeros(1, np.int64), None, None)
    low, high = min(one for one, _ in ends), max(two for _, two in ends)
    counts = np.zeros(CLASSES, np.int64)
    edges = np.zeros(CLASSES + 1)
    if low < high:
        for piece in _pieces(blocks):
            added, edges = np.histogram(finite(piece), CLASSES, (low, high))
            counts += added
    return Histogram(counts, float(low), float(high), centres=(edges[:-1] + edges[1:]) / 2)
