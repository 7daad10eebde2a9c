"""Pixels at half their size: a coarser resolution of an image, read region by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.transform.halving import Rule, halved
from segue.transform.parts import parts

if TYPE_CHECKING:
    from segue.model.image import Pixels, Region

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Halved:
    """Pixels of which some axes are half as long (an odd size is rounded up). See ``halving.halved``."""

    source: Pixels
    axes: tuple[bool, ...]
    """For each axis whether it is halved."""
    rule: Rule = "mean"

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple((size + 1) // 2 if half else size for size, half in zip(self.source.shape, self.axes, strict=True))

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.source.dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what the source decodes at once; empty = not known."""
        known = getattr(self.source, "chunks", ())
        return tuple((size + 1) // 2 if half else size for size, half in zip(known, self.axes, strict=False))

    def read(self, region: Region) -> Array:
        """The pixels of a region; four times as many of the source are read where two axes are halved, a part of them at a time."""
        out = np.empty([one.stop - one.start for one in region], self.dtype)
        for part in parts(region, self.dtype.itemsize << sum(self.axes), self.chunks):
            at = tuple(slice(one.start - all_.start, one.stop - all_.start) for one, all_ in zip(part, region, strict=True))
            out[at] = halved(self.source.read(self._behind(part)), self.axes, self.rule)
        return out

    def _behind(self, region: Region) -> Region:
        """The region of the source of which a region is made."""
        sizes = zip(region, self.source.shape, self.axes, strict=True)
        return tuple(slice(2 * one.start, min(2 * one.stop, size)) if half else one for one, size, half in sizes)
