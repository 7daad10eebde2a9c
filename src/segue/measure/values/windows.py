"""Windows: the values of segments that have begun and not ended, each in one piece, whatever the bands in which they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

PADDING = 64
"""Values behind a window that copying and comparing in large steps may touch."""


class Windows:
    """Room for the values of open segments, one array per channel.

    Parameters
    ----------
    area : (s,)
        Pixels of each segment.
    channels
        Per segment.
    dtype
        Of the values.

    Memory: at most about three times the open windows.
    """

    def __init__(self, area: Ints, channels: int, dtype: np.dtype[Any]) -> None:
        self._area, self._end = area, 0
        self.place = np.full(len(area), -1, np.int64)
        """(s,) Where the window of a segment begins; -1 = it has none."""
        self.filled = np.zeros(len(area), np.int64)
        """(s,) Pixels of it that have been seen."""
        self.values = np.empty((channels, 0), dtype)
        """(channels, n)"""

    def open(self, segments: Ints) -> None:
        """Give windows to segments that have none."""
        size = self._area[segments] + PADDING
        needed = int(size.sum())
        if self._end + needed > self.values.shape[1]:
            self._move(needed)
        self.place[segments] = self._end + np.cumsum(size) - size
        self._end += needed

    def close(self, segments: Ints) -> None:
        """Give up windows."""
        self.place[segments] = -1
        if not (self.place >= 0).any():
            self._end = 0

    def _move(self, needed: int) -> None:
        """The open windows to the front of a larger array."""
        kept = np.flatnonzero(self.place >= 0)
        size = self._area[kept] + PADDING
        old, place = self.values, self.place[kept]
        self._end = int(size.sum())
        self.values = np.empty((len(old), 2 * self._end + needed), old.dtype)
        self.place[kept] = np.cumsum(size) - size
        for begin, to, filled in zip(place.tolist(), self.place[kept].tolist(), self.filled[kept].tolist(), strict=True):
            self.values[:, to : to + filled] = old[:, begin : begin + filled]
