"""Pixels of an image as pixels of a label image: one channel, whole numbers. Nothing is read before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segue.model.image import Pixels, Region

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class OneChannel:
    """One place along one axis; the axis is gone."""

    pixels: Pixels
    axis: int
    place: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape[: self.axis] + self.pixels.shape[self.axis + 1 :]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    def read(self, region: Region) -> Array:
        one = slice(self.place, self.place + 1)
        return self.pixels.read((*region[: self.axis], one, *region[self.axis :])).squeeze(self.axis)


@dataclass(frozen=True)
class WholeNumbers:
    """Pixels of floating point that are known to be whole numbers, as integers."""

    pixels: Pixels
    type_name: str

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.type_name)

    def read(self, region: Region) -> Array:
        return self.pixels.read(region).astype(self.dtype)
