"""Shapes to draw: every kind, with valid vertices and parameters, within limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.features import Feature as F
from segue.model.rings import Rings
from segue.model.shapes import PARAMETERS, RINGED, SCHEMA, STYLE, VERTICES, ShapeKind, Shapes
from segue.testing.allowed import Allowed
from segue.testing.scalars import colours, integers, maybe, numbers, on_grid, texts

Ring = list[tuple[float, float]]
Parts = list[list[Ring]]

OUTER: tuple[Ring, ...] = (
    [(0, 0), (3, 0), (3, 3), (0, 3)],
    [(0, 0), (1, 0), (1, 2), (3, 2), (3, 3), (0, 3)],
    [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (2, 2), (2, 3), (1, 3), (1, 2), (0, 2), (0, 1), (1, 1)],
)
"""Outer rings in a box of 3 x 3, along pixel edges, clockwise on the screen."""
HOLE: Ring = [(1, 1), (1, 2), (2, 2), (2, 1)]
"""Fits into the first of them."""
NO_HOLES = "no holes"
"""A choice of areas with rings."""
SPAN = 8
"""Units that a drawn shape takes in x and y."""
_REQUIRED = {ShapeKind.ARROW: ("width", "head", "head_size"), ShapeKind.ROTATED_RECTANGLE: ("width",), ShapeKind.ELLIPSE: ("ratio",)}


@dataclass
class ShapeList:
    """Shapes collected one by one; the way of small examples."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    parts: list[Parts] = field(default_factory=list)

    def add(self, row: dict[str, Any], parts: Parts) -> None:
        self.rows.append(row)
        self.parts.append(parts)

    def table(self) -> Shapes:
        """All of them as columns."""
        rings = [ring for parts in self.parts for part in parts for ring in part]
        return Shapes(
            pl.DataFrame(self.rows, schema=SCHEMA),
            Rings(
                np.array([vertex for ring in rings for vertex in ring], np.float64).reshape(-1, 2),
                _offsets([len(ring) for ring in rings]),
                _offsets([len(part) for parts in self.parts for part in parts]),
                _offsets([len(parts) for parts in self.parts]),
            ),
        )


def _offsets(lengths: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.cumsum([0, *lengths], dtype=np.int64)


def shape(draw: st.DrawFn, allowed: Allowed, thing: int, kind: ShapeKind, *, role: str = "outline") -> tuple[dict[str, Any], Parts]:
    """A shape of a kind for the object of row ``thing``, anywhere within the limits."""
    limit = allowed.limit(kind.feature)
    if kind is ShapeKind.TRACED or kind is ShapeKind.MASK:
        limit = replace(limit, grid=max(1.0, limit.grid or 1.0))
    x, y, unit = _place(draw, limit)
    parts = [[[(x + a * unit, y + b * unit) for a, b in ring] for ring in part] for part in _units(draw, kind, limit)]
    if limit.grid is not None:
        grid = limit.grid
        parts = [[[(on_grid(x, grid), on_grid(y, grid)) for x, y in ring] for ring in part] for part in parts]
    return described(draw, allowed, thing, kind, role), parts


def described(draw: st.DrawFn, allowed: Allowed, thing: int, kind: ShapeKind, role: str) -> dict[str, Any]:
    """The row of a shape: its kind, parameters, plane and style."""
    row: dict[str, Any] = {"object": thing, "role": role, "kind": str(kind)}
    row |= {name: _parameter(draw, allowed, kind, name) for name in VERTICES[kind][1]}
    for axis in "zc":
        row[axis] = maybe(draw, allowed, F.SHAPE_PLANE, integers(allowed.limit(F.SHAPE_PLANE), low=0, high=40), choice=axis)
    return row | {name: _style(draw, allowed, name) for name in STYLE} | (_shown(draw, allowed) if kind is ShapeKind.TEXT else {})


def _place(draw: st.DrawFn, limit: Limit) -> tuple[float, float, float]:
    """Top-left corner and size of a unit; everything drawn lies within ``SPAN`` units of the corner."""
    room = math.inf if limit.highest is None or limit.lowest is None else (limit.highest - limit.lowest) / SPAN
    steps = (1.0, 2.0, 5.0) if limit.grid is None else tuple(limit.grid * many for many in (1, 2, 5))
    sizes = st.sampled_from([step for step in steps if step <= room] or [limit.grid or room])
    unit = draw(sizes if limit.grid is not None else sizes | st.floats(0.1, min(30.0, max(0.1, room))))
    highest = None if limit.highest is None else limit.highest - SPAN * unit
    corner = numbers(Limit(grid=limit.grid, lowest=limit.lowest, highest=highest), low=-1000, high=5000)
    return draw(corner), draw(corner), unit


def _units(draw: st.DrawFn, kind: ShapeKind, limit: Limit) -> Parts:
    """The vertices of a kind in units."""
    if kind in RINGED:
        return _area(draw, kind, limit)
    if kind is ShapeKind.MASK:
        return [[[(0, 0), (4, 2)], [(0, 0), (2, 0), (1, 1), (4, 1)]]]
    fixed = {
        ShapeKind.POINT: 1,
        ShapeKind.ANGLE: 3,
        **dict.fromkeys((ShapeKind.LINE, ShapeKind.ARROW, ShapeKind.ROTATED_RECTANGLE, ShapeKind.ELLIPSE), 2),
    }
    if kind in (ShapeKind.RECTANGLE, ShapeKind.OVAL, ShapeKind.TEXT, ShapeKind.IMAGE):
        return [[[(0, 0), (draw(st.integers(1, SPAN)), draw(st.integers(1, SPAN)))]]]
    fewest = fixed.get(kind, {ShapeKind.MULTIPOINT: 1, ShapeKind.POLYLINE: 2, ShapeKind.SPLINE: 3}.get(kind, 1))
    place = st.tuples(st.integers(0, SPAN), st.integers(0, SPAN))
    return [[draw(st.lists(place, min_size=fewest, max_size=fixed.get(kind, 5), unique=True))]]


def _area(draw: st.DrawFn, kind: ShapeKind, limit: Limit) -> Parts:
    if kind is not ShapeKind.TRACED and limit.grid is None and draw(st.booleans()):
        radii = draw(st.lists(st.floats(0.5, 4), min_size=3, max_size=7))
        turn = 2 * math.pi / len(radii)
        return [[[(4 + radius * math.cos(nth * turn), 4 + radius * math.sin(nth * turn)) for nth, radius in enumerate(radii)]]]
    parts: Parts = []
    for nth in range(draw(st.integers(1, min(2, limit.at_most or 2)))):
        outer = draw(st.sampled_from(OUTER))
        rings = [outer, HOLE] if outer is OUTER[0] and NO_HOLES not in limit.choices and draw(st.booleans()) else [outer]
        parts.append([[(x + 4 * nth, y + 4 * nth) for x, y in ring] for ring in rings])
    return parts


def _parameter(draw: st.DrawFn, allowed: Allowed, kind: ShapeKind, name: str) -> float | None:
    limit = allowed.limit(kind.feature)
    if limit.choices and name not in limit.choices:
        return None
    whole = limit.grid is not None
    values: dict[str, st.SearchStrategy[float]] = {
        **dict.fromkeys(("freehand", "double", "hollow", "closed"), st.just(1.0)),
        "head": st.integers(0, 4).map(float),
        "head_size": st.integers(1, 100).map(float),
        "opacity": st.integers(0, 100).map(float),
        "ratio": st.sampled_from((0.25, 0.5, 1.0)) if whole else st.floats(0.01, 1),
        "angle": st.integers(-180, 180).map(float) if whole else st.floats(-180, 180),
    }
    value = values[name] if name in values else numbers(Limit(grid=limit.grid), low=limit.grid or 0.1, high=100)
    return draw(value if name in _REQUIRED.get(kind, ()) else st.none() | value)


def _style(draw: st.DrawFn, allowed: Allowed, name: str) -> Any:
    limit = allowed.limit(F.SHAPE_STYLE)
    values: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys(("stroke", "fill"), colours(limit.choices)),
        **dict.fromkeys(("text", "font"), texts(Limit(text=limit.text))),
        **dict.fromkeys(("stroke_width", "font_size"), numbers(Limit(limit.grid, limit.lowest, limit.highest), low=1, high=100)),
    }
    if name in ("text", "font", "font_size") or not allowed.may(F.SHAPE_STYLE, name):
        return None
    return draw(st.none() | values[name])


def _shown(draw: st.DrawFn, allowed: Allowed) -> dict[str, Any]:
    limit = allowed.limit(F.SHAPE_STYLE)
    return {"text": draw(texts(Limit(text=limit.text))), "font": draw(st.sampled_from(("SansSerif", "Arial"))), "font_size": float(draw(st.integers(6, 72)))}


assert set(PARAMETERS) == {name for _, names in VERTICES.values() for name in names}
