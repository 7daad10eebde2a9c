"""The pixels of a band of rows, brought in the order of their segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.runs import Runs
    from segue.measure.survey import Segments

    Ints = NDArray[np.int64]

SPARSE = 16
"""Labels per segment up to which a table of all of them finds a segment; beyond, halving."""


class Band(NamedTuple):
    """Segments in the order in which they appear, and their runs in raster order."""

    segment: Ints
    """(k,) Which segments."""
    start: Ints
    """(k + 1,) Where the runs of each begin."""
    source: Ints
    """(r,) Where each run begins, in the rows of the band laid end to end."""
    length: Ints
    """(r,) Pixels."""
    place: Ints
    """(3, r) Plane, row and column of the first pixel, from the box of the segment; (3, 0) where nobody needs them."""

    @property
    def pixels(self) -> Ints:
        """(k,) Pixels of each segment in the band."""
        before = np.zeros(len(self.length) + 1, np.int64)
        np.cumsum(self.length, out=before[1:])
        found: Ints = np.diff(before[self.start])
        return found


class Lookup:
    """Which row of ascending labels a label is.

    Memory: at most 64 bytes per label and 4 MB.
    """

    def __init__(self, labels: NDArray[np.uint64]) -> None:
        self._labels, self._table = labels, None
        if len(labels) and int(labels[-1]) < SPARSE * len(labels) + (1 << 20):
            self._table = np.full(int(labels[-1]) + 2, -1, np.int32)
            self._table[labels.astype(np.int64)] = np.arange(len(labels), dtype=np.int32)

    def rows(self, label: NDArray[np.uint64]) -> Ints:
        """(n,) The row of each; -1 = it is none of them."""
        if not len(self._labels):
            return np.full(len(label), -1, np.int64)
        if self._table is not None:
            return self._table[np.minimum(label, np.uint64(len(self._table) - 1)).astype(np.int64)].astype(np.int64)
        row = np.minimum(np.searchsorted(self._labels, label), len(self._labels) - 1)
        return np.where(self._labels[row] == label, row, -1)


def band_of(runs: Runs, owner: Ints, segments: Segments, corner: tuple[int, int], width: int, height: int, *, placed: bool, compiled: bool) -> Band:
    """Sort the runs of a band by segment.

    Parameters
    ----------
    runs
        Of the whole band, places counted in the image.
    owner : (r,)
        Which segment each belongs to; -1 = one that is not looked at.
    segments
        That are looked at.
    corner
        Row and column of the first pixel of the band.
    width
        Of the band.
    height
        Rows of a plane of the image.
    placed
        Whether the places of runs are needed.
    compiled
        Whether compiled code is worth loading.
    """
    if compiled:
        from segue.measure.values.band_kernel import by_owner
    else:
        by_owner = _by_owner
    segment, start, order = by_owner(owner, len(segments.label))
    row, begin = runs.row[order], runs.begin[order]
    place = np.zeros((3, 0), np.int64)
    if placed:
        low = segments.low[owner[order]].T
        place = np.stack([row // height - low[0], row % height - low[1], begin - low[2]])
    return Band(segment, start, (row - corner[0]) * width + begin - corner[1], runs.length[order], place)


def _by_owner(owner: Ints, owners: int) -> tuple[Ints, Ints, Ints]:
    """The owners in the order in which they appear, where the items of each begin, and the items in that order."""
    del owners
    kept = np.flatnonzero(owner >= 0)
    found, first, which = np.unique(owner[kept], return_index=True, return_inverse=True)
    appearing = np.argsort(first)
    number = np.empty_like(appearing)
    number[appearing] = np.arange(len(appearing))
    order = np.argsort(number[which], kind="stable")
    start = np.searchsorted(number[which][order], np.arange(len(found) + 1))
    return found[appearing], start, kept[order]
