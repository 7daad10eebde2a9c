"""Particles of a mask: its connected parts that are of the wanted size and form, as ImageJ's Analyze Particles counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.slabs import Slabs, count_of, filled, parts_of
from segue.measure.forms import forms
from segue.model.image import LabelImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.slabs import Mask, Parts
    from segue.model.image import Region
    from segue.tasks.workers import Workers

VOLUMES = (6, 26)
"""Connectivities through the planes of a volume."""


@dataclass(frozen=True)
class Wish:
    """Which particles are wanted; all limits are included."""

    connectivity: int = 8
    """4 or 8 in a plane, 6 or 26 in a volume."""
    smallest: float = 0.0
    """In pixels (voxels)."""
    largest: float = np.inf
    roundest: float = 1.0
    least_round: float = 0.0
    """Circularity: 4 pi area / perimeter^2, at most 1; of planes only."""
    exclude_edges: bool = False
    include_holes: bool = False


@dataclass(frozen=True)
class Removed:
    """Particles that were not wanted; each is counted where it failed first."""

    edge: int = 0
    small: int = 0
    large: int = 0
    form: int = 0


@dataclass(frozen=True, eq=False)
class Particles:
    """The particles of one plane or volume."""

    mask: Slabs
    """With holes, where these were included."""
    parts: Parts
    label: NDArray[np.uint64]
    """(parts,) Their labels from 1, in the raster order of their first pixels; 0 = not wanted."""
    removed: Removed

    @property
    def count(self) -> int:
        """How many are wanted."""
        return int(self.label.max(initial=0))

    @property
    def area(self) -> NDArray[np.int64]:
        """(count,) Pixels of each, in the order of the labels."""
        found: NDArray[np.int64] = self.parts.size[self.label > 0]
        return found

    def slab(self, number: int, first: int = 0, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
        """The labels of a slab, counted on from ``first``."""
        values = np.where(self.label > 0, self.label + np.uint64(first), np.uint64(0))
        return self.parts.numbered(number, self.mask.slab(number), values.astype(dtype or np.uint64))


def particles(mask: Slabs, wish: Wish, workers: Workers | None = None) -> Particles:
    """Find the particles of a mask. Two passes over it, two more with holes; a further one where form decides.

    Parameters
    ----------
    mask
        Rows of a plane, or planes of a volume.
    wish
        Which are wanted.
    workers
        Who measures the form of particles in a mask of several slabs; None = threads.
    """
    if wish.include_holes:
        mask = filled(mask, wish.connectivity)
    volume = wish.connectivity in VOLUMES
    parts = parts_of(mask, wish.connectivity, ends=not volume or mask.shape[0] > 1)
    edge = ~parts.inner if wish.exclude_edges else np.zeros(parts.count, np.bool_)
    small = ~edge & (parts.size < wish.smallest)
    large = ~edge & ~small & (parts.size > wish.largest)
    kept = ~(edge | small | large)
    before = int(kept.sum())
    if (wish.least_round > 0 or wish.roundest < 1) and before:
        kept = _of_form(mask, parts, kept, wish, workers)
    removed = Removed(int(edge.sum()), int(small.sum()), int(large.sum()), before - int(kept.sum()))
    return Particles(mask, parts, np.where(kept, np.cumsum(kept), 0).astype(np.uint64), removed)


def _of_form(mask: Slabs, parts: Parts, kept: Mask, wish: Wish, workers: Workers | None) -> Mask:
    """Of the kept parts those whose circularity is in the limits."""
    asked = Particles(mask, parts, np.where(kept, np.cumsum(kept), 0).astype(np.uint64), Removed())
    circularity = _circularity(asked, workers)
    found = kept.copy()
    found[kept] = (circularity >= wish.least_round) & (circularity <= wish.roundest)
    return found


def _circularity(found: Particles, workers: Workers | None) -> NDArray[np.float64]:
    """(count,) In the order of the labels."""
    if count_of(found.mask) == 1:
        columns = forms(found.slab(0, dtype=np.min_scalar_type(found.count)), frozenset({"circularity"}))
        return columns["circularity"].astype(np.float64)
    from segue.measure.measuring import Wanted, measure

    labels = LabelImage(OnePlane(found), "yx")
    measured = measure(labels, (), Wanted(("circularity",)), workers)
    return measured.columns["circularity", None].astype(np.float64)


@dataclass(frozen=True, eq=False)
class OnePlane:
    """The labels of one plane as pixels; slabs are counted again when they are read."""

    particles: Particles

    @property
    def shape(self) -> tuple[int, ...]:
        return self.particles.mask.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.min_scalar_type(self.particles.count)

    def read(self, region: Region) -> NDArray[Any]:
        rows, columns = region
        height = self.particles.mask.height
        begin, end, _ = rows.indices(self.shape[0])
        read = range(begin // height, -(-end // height))
        found = np.concatenate([self.particles.slab(number, dtype=self.dtype) for number in read])
        return found[begin - begin // height * height : end - begin // height * height, columns]
