"""The separate parts of a mask as objects."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from segue.geometry.components import components
from segue.geometry.components_reference import join
from segue.model.image import ArrayPixels, Pixels, Region, in_memory, plane_at, size_of

Array = np.ndarray[Any, np.dtype[Any]]

IN_VOLUME = {4: 6, 8: 26}
"""Connectivity within a plane -> the same rule in a volume."""


@dataclass(frozen=True, eq=False)
class PartPixels:
    """The connected parts of a mask, counted anew for each plane that is read: only their numbers are kept."""

    pixels: Pixels
    axes: str
    connectivity: int
    numbers: tuple[Array, ...]
    """For each plane, in the order t, z: the label of each part of the plane (by its number there; 0 for the background)."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.min_scalar_type(max((int(one.max()) for one in self.numbers), default=0))

    def read(self, region: Region) -> Array:
        bounds = {name: part.indices(size)[:2] for name, part, size in zip(self.axes, region, self.shape, strict=True)}
        out = np.empty([max(stop - start, 0) for start, stop in bounds.values()], self.dtype)
        ordered = out.transpose([self.axes.index(name) for name in "tzyx" if name in self.axes])
        rows, columns = slice(*bounds["y"]), slice(*bounds["x"])
        outer = [name for name in "tz" if name in self.axes]
        for at in np.ndindex(ordered.shape[:-2]):
            place = {name: bounds[name][0] + index for name, index in zip(outer, at, strict=True)}
            ordered[at] = self._plane(place)[rows, columns]
        return out

    def _plane(self, place: dict[str, int]) -> Array:
        parts, _ = components(plane_at(self.pixels, self.axes, place), self.connectivity)
        number = place.get("t", 0) * size_of(self.pixels, self.axes, "z") + place.get("z", 0)
        labels: Array = self.numbers[number].astype(self.dtype)[parts]
        return labels


@dataclass(frozen=True)
class Parts:
    """The parts of a mask."""

    pixels: Pixels
    counts: tuple[int, ...]
    """How many there are at each t; 1, 2, ... in each."""


def parts_of(pixels: Pixels, axes: str, connectivity: int) -> Parts:
    """Make each connected part an object. Two planes are in memory at a time.

    In a z stack parts are connected through the planes too; at each t they are counted anew.

    Parameters
    ----------
    pixels
        Whole numbers; 0 is background, touching pixels of different values are different parts.
    axes
        One letter of ``t z y x`` per dimension.
    connectivity
        4 or 8: whether pixels that touch by a corner are connected.
    """
    numbers: list[Array] = []
    counts = []
    for t in range(size_of(pixels, axes, "t")):
        found, count = _frame(pixels, axes, connectivity, t)
        numbers += found
        counts.append(count)
    lazy = PartPixels(pixels, axes, connectivity, tuple(numbers))
    return Parts(ArrayPixels(in_memory(lazy)) if len(numbers) == 1 else lazy, tuple(counts))


def _frame(pixels: Pixels, axes: str, connectivity: int, t: int) -> tuple[list[Array], int]:
    """For each plane of a volume the labels of its parts, and how many labels there are."""
    starts = [0]
    pairs = [np.empty((2, 0), np.int64)]
    before: tuple[Array, Array] | None = None
    for z in range(size_of(pixels, axes, "z")):
        plane = plane_at(pixels, axes, {"t": t, "z": z})
        parts, count = components(plane, connectivity)
        if before is not None:
            pairs.append(_linked(before, (plane, parts), IN_VOLUME[connectivity]) + starts[-2])
        starts.append(starts[-1] + count)
        before = plane, parts
    one, other = np.concatenate(pairs, axis=1)
    group, count = join(starts[-1], one, other)
    return [np.concatenate(([0], group[start:end] + 1)) for start, end in pairwise(starts)], count


def _linked(before: tuple[Array, Array], after: tuple[Array, Array], connectivity: int) -> Array:
    """(2, n) Pairs of parts of two planes that are connected, counted from 0: first those of the plane before, then those after."""
    slab, _ = components(np.stack((before[0], after[0])), connectivity)
    number = np.concatenate([_at(parts, whole) for (_, parts), whole in zip((before, after), slab, strict=True)])
    order = np.argsort(number, kind="stable")
    same = number[order[1:]] == number[order[:-1]]
    return np.stack((order[:-1][same], order[1:][same]))


def _at(parts: Array, other: Array) -> Array:
    """For each part, 1 first, the value of another image at its pixels."""
    found = np.zeros(int(parts.max(initial=0)) + 1, np.int64)
    found[parts.reshape(-1)] = other.reshape(-1)
    return found[1:]
