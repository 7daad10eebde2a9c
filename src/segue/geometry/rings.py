"""Many polygons as four flat arrays, and the columnar operations on them.

The nesting is GeoArrow's multipolygon: shapes hold parts, parts hold rings, rings hold vertices. A ring is open (its first vertex is not
repeated). What a part covers is even-odd over its rings, what a shape covers is the union of its parts. Nothing here loops over shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from segue.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

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


@dataclass(frozen=True, eq=False, slots=True)
class Rings:
    """Shapes as flat arrays; ``len`` is the number of shapes.

    Attributes
    ----------
    coords : (n, 2) float64
        Vertices (x, y) in pixels, origin at the top-left corner of the top-left pixel.
    ring_start, part_start, shape_start : int64
        Offsets with a final end entry: ring r is ``coords[ring_start[r]:ring_start[r + 1]]``, part p is rings
        ``part_start[p]:part_start[p + 1]`` (the first is the outer one), shape s is parts ``shape_start[s]:shape_start[s + 1]``.
    """

    coords: Float
    ring_start: Int
    part_start: Int
    shape_start: Int

    @classmethod
    def of(cls, flat: Flat) -> Rings:
        """The same arrays, not copied."""
        return cls(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)

    @classmethod
    def empty(cls, shapes: int = 0) -> Rings:
        """``shapes`` shapes without any part."""
        none = np.zeros(1, np.int64)
        return cls(np.empty((0, 2)), none, none, np.zeros(shapes + 1, np.int64))

    @classmethod
    def simple(cls, coords: ArrayLike, ring_start: ArrayLike) -> Rings:
        """One shape of one part per ring."""
        start = np.asarray(ring_start, np.int64)
        one_each = np.arange(len(start), dtype=np.int64)
        return cls(np.asarray(coords, np.float64).reshape(-1, 2), start, one_each, one_each)

    @classmethod
    def concat(cls, many: Sequence[Rings]) -> Rings:
        """All shapes of all arguments, in order."""
        if not many:
            return cls.empty()
        return cls(
            np.concatenate([r.coords for r in many]),
            _joined([r.ring_start for r in many]),
            _joined([r.part_start for r in many]),
            _joined([r.shape_start for r in many]),
        )

    def __len__(self) -> int:
        return len(self.shape_start) - 1

    def take(self, rows: ArrayLike) -> Rings:
        """The shapes of these rows (integers in any order, or a boolean mask)."""
        wanted = np.asarray(rows)
        wanted = np.flatnonzero(wanted) if wanted.dtype == bool else wanted.astype(np.int64, copy=False)
        shape_start, parts = gather(self.shape_start, wanted)
        part_start, rings = gather(self.part_start, parts)
        ring_start, vertices = gather(self.ring_start, rings)
        return Rings(self.coords[vertices], ring_start, part_start, shape_start)

    def translated(self, dx: float, dy: float) -> Rings:
        """Everything moved by (dx, dy) pixels."""
        return self.with_coords(self.coords + np.array([dx, dy], np.float64))

    def with_coords(self, coords: Float) -> Rings:
        """The same nesting of other vertices."""
        return Rings(coords, self.ring_start, self.part_start, self.shape_start)

    @property
    def shape_rings(self) -> Int:
        """(s + 1,) Offsets of the rings of each shape, whatever their parts."""
        return self.part_start[self.shape_start]

    @property
    def shape_vertices(self) -> Int:
        """(s + 1,) Offsets of the vertices of each shape, whatever their rings."""
        return self.ring_start[self.shape_rings]

    def ring_lengths(self) -> Int:
        """(r,) Number of vertices of each ring."""
        return np.diff(self.ring_start)

    def bounds(self) -> Float:
        """(s, 4) Smallest x, y and largest x, y of each shape; NaN where a shape has no vertex."""
        out = np.full((len(self), 4), np.nan)
        filled = np.flatnonzero(np.diff(self.shape_vertices))
        if len(filled):
            start = self.shape_vertices[filled]
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
        count = np.diff(self.shape_vertices)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sum_runs(self.coords, self.shape_vertices) / count[:, None]
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


def same_shapes(a: Rings, b: Rings) -> NDArray[np.bool_]:
    """(s,) Whether shape i of both has the same parts, rings and vertices in the same order (NaN equals NaN).

    Both must have the same number of shapes.
    """
    alike = np.ones(len(a), np.bool_)
    for level in ("shape_start", "part_start", "ring_start"):
        rows = np.flatnonzero(alike)
        x, y = (a, b) if len(rows) == len(a) else (a.take(rows), b.take(rows))
        counts = np.diff(getattr(x, level)) == np.diff(getattr(y, level))
        per_shape = {"shape_start": np.arange(len(x) + 1), "part_start": x.shape_start, "ring_start": x.shape_rings}[level]
        alike[rows] = all_runs(counts, per_shape)
    rows = np.flatnonzero(alike)
    x, y = (a, b) if len(rows) == len(a) else (a.take(rows), b.take(rows))
    equal = (x.coords == y.coords) | (np.isnan(x.coords) & np.isnan(y.coords))
    alike[rows] = all_runs(equal.all(axis=1), x.shape_vertices)
    return alike


def check_coordinates(flat: Rings) -> None:
    """Raise Malformed, naming the shape, if a coordinate is not finite or is too far away to be a place in an image."""
    if flat.coords.size and not (flat.coords.max() <= FARTHEST and flat.coords.min() >= -FARTHEST):
        with np.errstate(invalid="ignore"):
            vertex = int(np.flatnonzero(~(np.abs(flat.coords) <= FARTHEST).all(axis=1))[0])
        row = int(np.searchsorted(flat.shape_vertices, vertex, side="right")) - 1
        x, y = flat.coords[vertex]
        raise Malformed(f"shape {row} has a vertex at ({x:g}, {y:g}), which is no place in an image", position=str(row), expected="finite coordinates")


def gather(start: Int, rows: Int) -> tuple[Int, Int]:
    """Offsets of the runs ``rows`` laid end to end, and the indices of their members."""
    return laid_out(start[:-1][rows], np.diff(start)[rows])


def laid_out(begin: Int, length: Int) -> tuple[Int, Int]:
    """Offsets of runs laid end to end, and the indices of their members."""
    out = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=out[1:])
    return out, np.arange(out[-1]) + np.repeat(begin - out[:-1], length)


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


def all_runs(values: NDArray[np.bool_], start: Int) -> NDArray[np.bool_]:
    """Whether all values of each run are true; an empty run is."""
    wrong = np.zeros(len(values) + 1, np.int64)
    np.cumsum(~values, out=wrong[1:])
    return np.asarray(wrong[start[1:]] == wrong[start[:-1]])


def _joined(starts: Sequence[Int]) -> Int:
    counts = [np.zeros(1, np.int64), *(np.diff(start) for start in starts)]
    return np.cumsum(np.concatenate(counts), dtype=np.int64)
