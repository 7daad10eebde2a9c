"""Pixels of several files, one behind the other along an axis."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from segue.model.image import Pixels, Region

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class PixelStack:
    """Pixels of one number type that have equal sizes but along one axis, joined along that. Only the files that a region touches are opened."""

    parts: tuple[Pixels, ...]
    axis: int

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Where each part begins, and the end."""
        return (0, *np.cumsum([part.shape[self.axis] for part in self.parts]).tolist())

    @property
    def shape(self) -> tuple[int, ...]:
        sizes = list(self.parts[0].shape)
        sizes[self.axis] = self._starts[-1]
        return tuple(sizes)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.parts[0].dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        return tuple(getattr(self.parts[0], "chunks", ()))

    def read(self, region: Region) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, SourceChanged
            One of the files is damaged, or was changed.
        """
        along = region[self.axis]
        out = np.empty([max(one.stop - one.start, 0) for one in region], self.dtype)
        nth = bisect_right(self._starts, along.start) - 1
        while nth < len(self.parts) and self._starts[nth] < along.stop:
            first, last = max(along.start, self._starts[nth]), min(along.stop, self._starts[nth + 1])
            if last > first:
                own = slice(first - self._starts[nth], last - self._starts[nth])
                place = slice(first - along.start, last - along.start)
                out[(slice(None),) * self.axis + (place,)] = self.parts[nth].read((*region[: self.axis], own, *region[self.axis + 1 :]))
            nth += 1
        return out
