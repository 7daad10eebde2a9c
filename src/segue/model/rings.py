"""Flat geometry of many shapes: coordinates and three levels of offsets (the layout of a GeoArrow multipolygon).

ring r = ``coords[ring_start[r]:ring_start[r + 1]]``, part p = rings ``part_start[p]:part_start[p + 1]`` (the first is the outer one,
the others are holes), shape s = parts ``shape_start[s]:shape_start[s + 1]``. Rings are open: the first vertex is not repeated.
An area is filled even-odd over all rings of a part and united over the parts of a shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rings:
    """Coordinates of many shapes. All arrays become read-only."""

    coords: Floats
    """(n, 2) float64: x, y in pixels from the top-left corner of the image."""
    ring_start: Ints
    """(rings + 1,) int64."""
    part_start: Ints
    """(parts + 1,) int64."""
    shape_start: Ints
    """(shapes + 1,) int64."""

    def __post_init__(self) -> None:
        _freeze(self, "coords", np.float64, 2)
        for name in ("ring_start", "part_start", "shape_start"):
            _freeze(self, name, np.int64, 1)
        for name, start, end in (
            ("ring_start", self.ring_start, len(self.coords)),
            ("part_start", self.part_start, len(self.ring_start) - 1),
            ("shape_start", self.shape_start, len(self.part_start) - 1),
        ):
            if len(start) == 0 or start[0] != 0 or start[-1] != end or (np.diff(start) < 0).any():
                raise ValueError(f"{name} does not run from 0 to {end} without going back")

    def __len__(self) -> int:
        return len(self.shape_start) - 1

    @classmethod
    def empty(cls, shapes: int = 0) -> Self:
        """``shapes`` shapes without any part."""
        none = np.zeros(1, np.int64)
        return cls(np.empty((0, 2)), none, none, np.zeros(shapes + 1, np.int64))

    @classmethod
    def simple(cls, coords: npt.ArrayLike, start: npt.ArrayLike) -> Self:
        """Shapes of one ring each: ``start`` (shapes + 1,) are offsets into ``coords``."""
        offsets = np.asarray(start, np.int64)
        each = np.arange(len(offsets), dtype=np.int64)
        return cls(np.asarray(coords, np.float64).reshape(-1, 2), offsets, each, each)

    @property
    def shape_rings(self) -> Ints:
        """(shapes + 1,) int64: where the rings of each shape begin, whatever their parts."""
        return self.part_start[self.shape_start]

    @property
    def coord_start(self) -> Ints:
        """(shapes + 1,) int64: where the vertices of each shape begin."""
        return self.ring_start[self.shape_rings]

    def take(self, rows: npt.ArrayLike) -> Self:
        """The shapes of the given rows (numbers in any order, which may repeat; or a boolean mask)."""
        wanted = np.asarray(rows)
        wanted = np.flatnonzero(wanted) if wanted.dtype == bool else wanted.astype(np.int64, copy=False)
        shape_start, parts = gather(self.shape_start, wanted)
        part_start, rings = gather(self.part_start, parts)
        ring_start, vertices = gather(self.ring_start, rings)
        return type(self)(self.coords[vertices], ring_start, part_start, shape_start)

    def translated(self, x: float, y: float) -> Self:
        """The same shapes moved by (x, y) pixels."""
        return self.with_coords(self.coords + np.array([x, y], np.float64))

    def with_coords(self, coords: Floats) -> Self:
        """The same structure with other vertices, as many as before."""
        return type(self)(coords, self.ring_start, self.part_start, self.shape_start)

    def same(self, other: Rings) -> Bools:
        """(shapes,) bool: which shapes have equal structure and bit-equal vertices (NaN equals NaN); both hold equally many."""
        if len(self) != len(other):
            raise ValueError(f"{len(self)} shapes cannot be compared with {len(other)} one by one")
        if self.same_structure(other):
            equal: Bools = np.ones(len(self), bool)
            rows, a, b = np.arange(len(self)), self, other
        else:
            equal = np.diff(self.coord_start) == np.diff(other.coord_start)
            equal &= _same_lists(*self._ring_lengths(), *other._ring_lengths())
            equal &= _same_lists(*self._part_lengths(), *other._part_lengths())
            rows = np.flatnonzero(equal)
            a, b = self.take(rows), other.take(rows)
        differs = ((a.coords != b.coords) & ~(np.isnan(a.coords) & np.isnan(b.coords))).any(axis=1)
        equal[rows[_owner(a.coord_start)[differs]]] = False
        return equal

    def same_structure(self, other: Rings) -> bool:
        """Whether both have the same number of shapes with parts, rings and vertices alike."""
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in ("shape_start", "part_start", "ring_start"))

    def same_rows(self, rows: Ints, other: Rings, other_rows: Ints) -> Bools:
        """`same` for pairs of shapes, by their row numbers in each; the memory it needs does not grow with their number."""
        if self.is_at(other) and np.array_equal(rows, other_rows):
            return np.ones(len(rows), bool)
        equal = np.empty(len(rows), bool)
        for first in range(0, len(rows), _CHUNK):
            part = slice(first, first + _CHUNK)
            equal[part] = self.take(rows[part]).same(other.take(other_rows[part]))
        return equal

    def is_at(self, other: Rings) -> bool:
        """Whether both are the very same memory."""
        names = ("coords", "ring_start", "part_start", "shape_start")
        return all(_address(getattr(self, name)) == _address(getattr(other, name)) for name in names)

    def _ring_lengths(self) -> tuple[Ints, Ints]:
        return np.diff(self.ring_start), self.shape_rings

    def _part_lengths(self) -> tuple[Ints, Ints]:
        return np.diff(self.part_start), self.shape_start


_CHUNK = 1 << 15
"""Shapes that are compared at a time."""


def concat(many: Sequence[Rings]) -> Rings:
    """All shapes of several in a row."""
    if not many:
        return Rings.empty()
    return Rings(
        np.concatenate([rings.coords for rings in many]),
        _chained([rings.ring_start for rings in many]),
        _chained([rings.part_start for rings in many]),
        _chained([rings.shape_start for rings in many]),
    )


def _chained(starts: Sequence[Ints]) -> Ints:
    ends = np.cumsum([0] + [int(start[-1]) for start in starts])
    return np.concatenate([start[:-1] + end for start, end in zip(starts, ends, strict=False)] + [ends[-1:]])


def gather(start: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Offsets of the runs ``rows`` laid end to end, and the indexes of their members."""
    return laid_out(start[:-1][rows], np.diff(start)[rows])


def laid_out(begin: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Offsets of runs laid end to end, and the indexes of their members."""
    offsets = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=offsets[1:])
    return offsets, np.arange(offsets[-1], dtype=np.int64) + np.repeat(begin - offsets[:-1], length)


def _address(array: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    return (array.__array_interface__["data"][0], array.shape)


def _owner(start: Ints) -> Ints:
    return np.repeat(np.arange(len(start) - 1, dtype=np.int64), np.diff(start))


def _same_lists(a: Ints, a_start: Ints, b: Ints, b_start: Ints) -> Bools:
    """Per shape: whether its list of lengths is equal in both."""
    equal: Bools = np.diff(a_start) == np.diff(b_start)
    rows = np.flatnonzero(equal)
    offsets, left = gather(a_start, rows)
    _, right = gather(b_start, rows)
    equal[rows[_owner(offsets)[a[left] != b[right]]]] = False
    return equal


def _freeze(owner: Any, name: str, dtype: type, ndim: int) -> None:
    array: np.ndarray[Any, Any] = np.ascontiguousarray(getattr(owner, name), dtype=dtype).view()
    if array.ndim != ndim or (ndim == 2 and array.shape[1] != 2):
        raise ValueError(f"{name} has the wrong shape: {array.shape}")
    array.flags.writeable = False
    object.__setattr__(owner, name, array)
