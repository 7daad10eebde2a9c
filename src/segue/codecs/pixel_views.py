"""Pixels seen with one axis more or less than they are stored with. Nothing is read before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segue.model.image import Pixels, Region

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Added:
    """Pixels with one more axis of size 1 in front."""

    pixels: Pixels

    @property
    def shape(self) -> tuple[int, ...]:
        return (1, *self.pixels.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        chunks = tuple(getattr(self.pixels, "chunks", ()))
        return (1, *chunks) if chunks else ()

    def read(self, region: Region) -> Array:
        """The pixels of a region, as a new array."""
        part = self.pixels.read(region[1:])
        return part[np.newaxis][: max(region[0].stop - region[0].start, 0)]


@dataclass(frozen=True)
class OnePlace:
    """Pixels at one place along an axis; the axis is gone."""

    pixels: Pixels
    axis: int
    """Which dimension of ``pixels``."""
    place: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape[: self.axis] + self.pixels.shape[self.axis + 1 :]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        chunks = tuple(getattr(self.pixels, "chunks", ()))
        return chunks[: self.axis] + chunks[self.axis + 1 :]

    def read(self, region: Region) -> Array:
        """The pixels of a region, as a new array."""
        return self.pixels.read(at_place(region, self.axis, self.place)).squeeze(self.axis)


def at_place(region: Region, axis: int, place: int) -> Region:
    """The region with one more axis, at one place of it."""
    return (*region[:axis], slice(place, place + 1), *region[axis:])
