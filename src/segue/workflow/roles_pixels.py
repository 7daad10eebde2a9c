"""Pixels of an image as pixels of a label image. Nothing is read before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segue.model.image import Pixels, Region

Array = np.ndarray[Any, np.dtype[Any]]


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

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        return tuple(getattr(self.pixels, "chunks", ()))

    def read(self, region: Region) -> Array:
        return self.pixels.read(region).astype(self.dtype)
