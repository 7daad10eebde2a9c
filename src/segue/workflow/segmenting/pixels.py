"""Pixels of an image as masks, slab by slab, and the particles of these as pixels of a label image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segue.measure.segmenting.particles import Particles
from segue.measure.segmenting.threshold import Level
from segue.model.image import Image, Region, size_of

Array = np.ndarray[Any, np.dtype[Any]]

SLAB = 1 << 23
"""Pixels of a slab: of a plane that has more, some rows are in memory at a time."""
LEAST_ROWS = 256
"""Rows of a slab, if the plane has as many: files in tiles are not unpacked for a few rows of them."""

KEPT = 1 << 27
"""Bytes of labels that are kept of a label image that is larger; always those of one slab."""


@dataclass(frozen=True)
class Frame:
    """One plane, or one volume, of a channel of an image."""

    image: Image
    place: dict[str, int]
    """t, c and z, as far as the image has them; a volume is at no z."""
    volume: bool = False

    @property
    def names(self) -> str:
        """The axes of its slabs."""
        return "zyx" if self.volume else "yx"

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(size_of(self.image.pixels, self.image.axes, name) for name in self.names)

    @property
    def height(self) -> int:
        """Rows (planes) of a slab."""
        row = int(np.prod(self.shape[1:]))
        return max(1, min(max(SLAB // max(row, 1), 1 if self.volume else LEAST_ROWS), self.shape[0]))

    def slab(self, number: int) -> Array:
        """The values of a slab, (n, x) or (n, y, x)."""
        begin = number * self.height
        bounds = {name: slice(at, at + 1) for name, at in self.place.items()}
        bounds |= {name: slice(0, size) for name, size in zip(self.names, self.shape, strict=True)}
        bounds[self.names[0]] = slice(begin, min(begin + self.height, self.shape[0]))
        axes = self.image.axes
        block = self.image.pixels.read(tuple(bounds[name] if name in bounds else slice(0, 1) for name in axes))
        dropped = block.reshape([size for name, size in zip(axes, block.shape, strict=True) if name in self.names])
        kept = [name for name in axes if name in self.names]
        ordered = dropped.transpose([kept.index(name) for name in self.names if name in kept])
        return ordered if len(kept) == len(self.names) else ordered[None]

    def slabs(self) -> Iterator[Array]:
        """All values, slab by slab."""
        for number in range(-(-self.shape[0] // self.height)):
            yield self.slab(number)


@dataclass(frozen=True)
class Beyond:
    """Which pixels of a frame belong to objects."""

    frame: Frame
    level: Level | None
    """None = none of them."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.frame.shape

    @property
    def height(self) -> int:
        return self.frame.height

    def slab(self, number: int) -> Array:
        block = self.frame.slab(number)
        return np.zeros(block.shape, np.bool_) if self.level is None else self.level.holds(block)


@dataclass(frozen=True)
class Found:
    """The particles of a frame, counted on from those of the frames before."""

    place: dict[str, int]
    particles: Particles
    first: int


@dataclass(frozen=True, eq=False)
class ParticlePixels:
    """The labels of particles, found anew in each slab that is read: only their numbers are kept."""

    found: tuple[Found, ...]
    axes: str
    """A part of ``t z y x`` in this order."""
    shape: tuple[int, ...]
    _kept: dict[tuple[int, int], Array] = field(default_factory=dict, repr=False)

    @property
    def dtype(self) -> np.dtype[Any]:
        last = self.found[-1] if self.found else None
        return np.min_scalar_type(last.first + last.particles.count if last else 0)

    def read(self, region: Region) -> Array:
        bounds = {name: range(*part.indices(size)[:2]) for name, part, size in zip(self.axes, region, self.shape, strict=True)}
        out = np.zeros([len(one) for one in bounds.values()], self.dtype)
        for number, one in enumerate(self.found):
            if all(at in bounds[name] for name, at in one.place.items() if name in bounds):
                self._fill(out, bounds, number, one)
        return out

    def _fill(self, out: Array, bounds: dict[str, range], number: int, one: Found) -> None:
        """The part of a region that lies in a frame."""
        at = tuple(one.place[name] - bounds[name].start for name in self.axes if name in one.place)
        within = out[at]
        names = [name for name in self.axes if name not in one.place]
        wanted, height = bounds[names[0]], one.particles.mask.height
        for slab in range(wanted.start // height, -(-wanted.stop // height) if len(wanted) else 0):
            begin, end = max(wanted.start, slab * height), min(wanted.stop, (slab + 1) * height)
            rows = slice(begin - slab * height, end - slab * height)
            rest = tuple(slice(bounds[name].start, bounds[name].stop) for name in names[1:])
            within[begin - wanted.start : end - wanted.start] = self._slab(number, slab)[(rows, *rest)]

    def _slab(self, number: int, slab: int) -> Array:
        """The labels of a slab; some are kept, because readers ask for a few rows, or a tile, at a time."""
        key = number, slab
        labels = self._kept.get(key)
        if labels is None:
            one = self.found[number]
            labels = one.particles.slab(slab, one.first, self.dtype)
            for old in list(self._kept)[: max(0, len(self._kept) + 1 - KEPT // max(labels.nbytes, 1))]:
                self._kept.pop(old, None)
            self._kept[key] = labels
        return labels

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": {}}
