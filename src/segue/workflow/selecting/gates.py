"""Gates: which objects have values within ranges and polygons."""

from __future__ import annotations

import numpy as np

from segue.errors import UsageError
from segue.geometry.inside import points_in_shapes
from segue.model.rings import Bools, Floats, Ints, Rings
from segue.model.rules import GateRule, PolygonTerm, Range, Scale
from segue.workflow.selecting.columns import Columns

SIDE = 1000.0
"""To what the box around a polygon is scaled, so that values of any size are compared equally exactly."""


def in_gate(columns: Columns, rule: GateRule, parent: Ints | None) -> Ints:
    """Rows of the objects that satisfy every term, and are in the parent population.

    Parameters
    ----------
    columns
        The values of the objects.
    rule
        The gate. Ends of ranges belong to it; a missing value, NaN, or one that has no logarithm is in no range and no polygon.
    parent
        Rows of the objects of the parent population; None = all.

    Raises
    ------
    UsageError
        A column is not there, or a polygon has fewer than three corners.
    """
    count = len(columns.s.objects)
    found: Bools = np.ones(count, np.bool_)
    if parent is not None:
        found[:] = False
        found[parent] = True
    for term in rule.terms:
        found &= in_range(columns[term.column], term) if isinstance(term, Range) else in_polygon(columns[term.x], columns[term.y], term)
    return np.flatnonzero(found).astype(np.int64)


def in_range(values: Floats, term: Range) -> Bools:
    """Whether each value lies between two ends, both included; an open end asks only that there is a value."""
    found: Bools = ~np.isnan(values)
    if term.low is not None:
        found &= values >= term.low
    if term.high is not None:
        found &= values <= term.high
    return found


def in_polygon(x: Floats, y: Floats, term: PolygonTerm) -> Bools:
    """Whether each pair of values lies in a polygon whose edges are straight in scaled space.

    Raises
    ------
    UsageError
        It has fewer than three corners, or one that its scale cannot show.
    """
    corners = np.array(term.vertices, np.float64).reshape(-1, 2)
    points = np.stack([scaled(x, term.x_scale, term.cofactor), scaled(y, term.y_scale, term.cofactor)], axis=1)
    ring = np.stack([scaled(corners[:, 0], term.x_scale, term.cofactor), scaled(corners[:, 1], term.y_scale, term.cofactor)], axis=1)
    if len(ring) < 3 or not np.isfinite(ring).all():
        raise UsageError(f"the polygon on {term.x!r} and {term.y!r} needs three corners or more, each with a place on its scale")
    low, size = ring.min(axis=0), np.ptp(ring, axis=0)
    found: Bools = np.zeros(len(points), np.bool_)
    if not (size > 0).all():
        return found
    inside = (np.isfinite(points) & (points >= low) & (points <= low + size)).all(axis=1)
    rows = np.flatnonzero(inside)
    hits, _ = points_in_shapes((points[rows] - low) / size * SIDE, Rings.simple((ring - low) / size * SIDE, [0, len(ring)]))
    found[rows[hits]] = True
    return found


def scaled(values: Floats, scale: Scale, cofactor: float) -> Floats:
    """Values as an axis shows them: themselves, log10(1 + c x), or arcsinh(c x); NaN where there is no logarithm."""
    if scale == "linear":
        return values
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        found: Floats = np.arcsinh(cofactor * values) if scale == "arcsinh" else np.log1p(cofactor * values) / np.log(10.0)
    found[~np.isfinite(found)] = np.nan
    return found
