"""Many polygons as four flat arrays, and the columnar operations on them.

The nesting is GeoArrow's multipolygon: shapes hold parts, parts hold rings, rings hold vertices. A ring is open (its first vertex is not
repeated). What a part covers is even-odd over its rings, what a shape covers is the union of its parts. Nothing here loops over shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from segue.errors import Malformed
from segue.model import rings as model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float64]
    Int = NDArray[np.int64]


class Flat(Protocol):
    """Anything that has the four arrays of :class:`Rings`; what the kernels take."""

    @property
    def coords(self) -> Float: ...
    @property
    def ring_start(self) -> Int: ...
    @property
    def part_start(self) -> Int: ...
    @property
    def shape_start(self) -> Int: ...


FARTHEST = 1e12
"""Largest coordinate in pixels: beyond it a pixel centre cannot be told from its neighbour reliably."""


@dataclass(frozen=True, eq=False)
class Rings(model.Rings):
    """The model's rings with what can be measured of them."""

    @classmethod
    def of(cls, flat: Flat) -> Rings:
        """The same arrays, not copied."""
        return flat if isinstance(flat, cls) else cls(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)

    def ring_lengths(self) -> Int:
        """(r,) Number of vertices of each ring."""
        return np.diff(self.ring_start)

    def bounds(self) -> Float:
        """(s, 4) Smallest x, y and largest x, y of each shape; NaN where a shape has no vertex."""
        out = np.full((len(self), 4), np.nan)
        filled = np.flatnonzero(np.diff(self.coord_start))
        if len(filled):
            start = self.coord_start[filled]
            out[filled, :2] = np.minimum.reduceat(self.coords, start, axis=0)
            out[filled, 2:] = np.maximum.reduceat(self.coords, start, axis=0)
        return out

    def signed_areas(self) -> Float:
        """(r,) Area of each ring in square pixels; positive when it runs clockwise on the screen (y down)."""
        return self._moments()[0]

    def areas(self) -> Float:
        """(s,) Area of each shape in square pixels: outer rings minus holes, whatever their direction."""
        return sum_runs(self._weights() * np.abs(self.signed_areas()), self.shape_rings)

    def centroids(self) -> Float:
        """(s, 2) Centre of area of each shape; of its vertices where it has no area; NaN where it has no vertex."""
        signed, moments = self._moments()
        weight = self._weights()
        area = sum_runs(weight * np.abs(signed), self.shape_rings)
        moment = sum_runs((weight * np.sign(signed))[:, None] * moments, self.shape_rings)
        count = np.diff(self.coord_start)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sum_runs(self.coords, self.coord_start) / count[:, None]
            return np.where((area > 0)[:, None], moment / area[:, None], mean)

    def _weights(self) -> Float:
        """(r,) +1 for the first ring of a part, -1 for its holes."""
        weight = np.full(len(self.ring_start) - 1, -1.0)
        weight[self.part_start[:-1][np.diff(self.part_start) > 0]] = 1.0
        return weight

    def _moments(self) -> tuple[Float, Float]:
        """Signed area (r,) and its first moments (r, 2), by the shoelace formula about each ring's first vertex (keeps precision)."""
        length = self.ring_lengths()
        origin = self.coords[self.ring_start[:-1][length > 0]]
        a = self.coords - np.repeat(origin, length[length > 0], axis=0)
        b = a[following(self.ring_start)]
        cross = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
        area = sum_runs(cross, self.ring_start) / 2
        moment = sum_runs(cross[:, None] * (a + b), self.ring_start) / 6
        moment[length > 0] += area[length > 0, None] * origin
        return area, moment


def check_coordinates(flat: Rings) -> None:
    """Raise Malformed, naming the shape, if a coordinate is not finite or is too far away to be a place in an image."""
    if flat.coords.size and not (flat.coords.max() <= FARTHEST and flat.coords.min() >= -FARTHEST):
        with np.errstate(invalid="ignore"):
            vertex = int(np.flatnonzero(~(np.abs(flat.coords) <= FARTHEST).all(axis=1))[0])
        row = int(np.searchsorted(flat.coord_start, vertex, side="right")) - 1
        x, y = flat.coords[vertex]
        raise Malformed(f"shape {row} has a vertex at ({x:g}, {y:g}), which is no place in an image", position=str(row), expected="finite coordinates")


def following(start: Int) -> Int:
    """(n,) Index of the next vertex on the same ring, the first after the last."""
    after = np.arange(1, start[-1] + 1, dtype=np.int64)
    filled = np.diff(start) > 0
    after[start[1:][filled] - 1] = start[:-1][filled]
    return after


def sum_runs(values: Float, start: Int) -> Float:
    """Sum of each run of ``values``; 0 for an empty run."""
    out = np.zeros((len(start) - 1, *values.shape[1:]))
    filled = np.flatnonzero(np.diff(start))
    if len(filled):
        out[filled] = np.add.reduceat(values, start[filled], axis=0)
    return out
