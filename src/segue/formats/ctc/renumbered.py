"""Labels that become the numbers of tracks while they are read: another for the same label in another frame, where need be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from segue.model.image import Pixels, Region

Array = np.ndarray[Any, np.dtype[Any]]
DTYPE = np.dtype(np.uint16)


@dataclass(frozen=True, eq=False)
class Renumbered:
    """Label pixels with other numbers, uint16."""

    pixels: Pixels
    axes: str
    """Of ``pixels``: letters of ``t z y x``."""
    start: np.ndarray[Any, np.dtype[np.int64]]
    """Row of the first number of each frame, and behind the last."""
    old: np.ndarray[Any, np.dtype[np.uint64]] = field(repr=False)
    """Labels, ascending within a frame."""
    new: np.ndarray[Any, np.dtype[np.uint16]] = field(repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return DTYPE

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        return tuple(getattr(self.pixels, "chunks", ()))

    def read(self, region: Region) -> Array:
        """The numbers of a region, as a new array. Memory: about 20 bytes per pixel of one frame of it."""
        part = self.pixels.read(region)
        out = np.zeros(part.shape, DTYPE)
        at = self.axes.find("t")
        if at < 0:
            out[...] = self._frame(part, 0)
            return out
        first = region[at].indices(self.shape[at])[0]
        for t in range(part.shape[at]):
            inside = (slice(None),) * at + (t,)
            out[inside] = self._frame(part[inside], first + t)
        return out

    def _frame(self, part: Array, t: int) -> Array:
        old, new = self.old[self.start[t] : self.start[t + 1]], self.new[self.start[t] : self.start[t + 1]]
        if not len(old) or not part.size:
            return np.zeros(part.shape, DTYPE)
        if old[-1] < 1 << 20:
            numbers = np.zeros(int(old[-1]) + 1, DTYPE)
            numbers[old] = new
            return numbers[part]
        place = np.minimum(np.searchsorted(old, part.astype(np.uint64)), len(old) - 1)
        return np.where(part == 0, DTYPE.type(0), new[place])


def renumbered(pixels: Pixels, axes: str, numbers: pl.DataFrame) -> Renumbered:
    """The pixels with other numbers.

    Parameters
    ----------
    pixels, axes
        Labels.
    numbers
        Columns t, label and new: every label of every frame, sorted by t and label.
    """
    frames = pixels.shape[axes.index("t")] if "t" in axes else 1
    start = np.searchsorted(numbers["t"].to_numpy(), np.arange(frames + 1)).astype(np.int64)
    return Renumbered(pixels, axes, start, numbers["label"].to_numpy().astype(np.uint64), numbers["new"].to_numpy().astype(np.uint16))
