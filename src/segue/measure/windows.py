"""The values of segments, brought together: a window per segment and channel, filled from runs as they pass by.

Segments that begin in the same band share a pool of windows; a pool is measured and given up when the last of its segments has ended.
So memory holds the segments that are open, whatever the height of the image, and a window is filled in raster order however the image is cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.model.rings import laid_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from segue.measure.runs import Runs
    from segue.measure.survey import Segments

    Ints = NDArray[np.int64]


class Window(NamedTuple):
    """Segments laid end to end: the values of one channel, and the runs that they lie in."""

    values: NDArray[np.float64]
    """(n,)"""
    start: Ints
    """(k + 1,) Where the values of each segment begin."""
    run_start: Ints
    """(k + 1,) Where the runs of each segment begin."""
    y: Ints
    """(r,) Row of each run, from the top of its segment's box (of its plane, in a volume)."""
    x: Ints
    """(r,) First column, from the left of its segment's box."""
    length: Ints
    """(r,) Pixels."""


@dataclass
class Pool:
    """Windows of the segments that begin in one band."""

    rows: Ints
    """(k,) Which segments, ascending."""
    start: Ints
    """(k + 1,)"""
    values: NDArray[np.generic]
    """(channels, n)"""
    last_row: int
    filled: Ints
    """(k,) Pixels that each window holds."""
    runs: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)
    """Slot, row, first column and length of the runs of each band."""

    @classmethod
    def of(cls, segments: Segments, rows: Ints, channels: int, dtype: np.dtype[np.generic]) -> Pool:
        """Empty windows for the segments ``rows``."""
        start = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(segments.area[rows], out=start[1:])
        return cls(rows, start, np.empty((channels, int(start[-1])), dtype), int(segments.last_row[rows].max()), np.zeros(len(rows), np.int64))

    def places(self, slot: Ints, runs: Runs) -> Ints | None:
        """Where in the windows the runs of a band belong; None where a segment has more pixels than were counted."""
        order = np.argsort(slot, kind="stable")
        length, of = runs.length[order], slot[order]
        before = np.cumsum(length) - length
        begins = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
        within = before - np.repeat(before[begins], np.diff(begins, append=len(of)))
        place = np.empty_like(order)
        place[order] = self.start[of] + self.filled[of] + within
        np.add.at(self.filled, slot, runs.length)
        if (self.filled > np.diff(self.start)).any():
            return None
        self.runs.append((slot, runs.row, runs.begin, runs.length))
        return place

    @property
    def full(self) -> bool:
        """Whether every segment has all its pixels."""
        return bool((self.filled == np.diff(self.start)).all())

    def windows(self, segments: Segments, height: int) -> Callable[[int], Window]:
        """The window of a channel, by its number."""
        slot, row, begin, length = (np.concatenate(column) for column in zip(*self.runs, strict=True))
        order = np.argsort(slot, kind="stable")
        low = segments.low[self.rows[slot[order]]]
        y, x = row[order] % height - low[:, 1], begin[order] - low[:, 2]
        run_start = np.searchsorted(slot[order], np.arange(len(self.rows) + 1))
        return lambda channel: Window(self.values[channel].astype(np.float64), self.start, run_start, y, x, length[order])


def fill(values: NDArray[np.generic], place: Ints, band: NDArray[np.generic], begin: Ints, length: Ints) -> None:
    """Copy runs of pixels into windows.

    Parameters
    ----------
    values : (channels, n)
        Written to.
    place : (r,)
        Where each run goes.
    band : (channels, pixels)
        Rows laid end to end.
    begin, length : (r,)
        Where each run comes from.
    """
    _, there = laid_out(place, length)
    _, here = laid_out(begin, length)
    for one, channel in zip(values, band, strict=True):
        one[there] = channel[here]
