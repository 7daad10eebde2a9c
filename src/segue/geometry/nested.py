"""Which rings lie in which others: told by a point inside of each, and by all of its corners."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.geometry.inside import points_in_shapes
from segue.model.rings import Floats, Ints, Rings, laid_out

_NEAR = 1e-6
"""A corner so near to the edge of a ring, in pixels, lies on it: rings that touch are nested, too."""
_FAR = 2.0**31
"""Beyond this, coordinates are no places in an image, and too coarse to tell."""
_WRAP = 2.0**26
"""Groups stand below each other down to here, and then from the top again: so far, coordinates are fine enough."""


def points_inside(rings: Rings) -> Floats:
    """(s, 2) A point strictly inside of each shape of one ring; NaN where there is none, or no ring.

    It lies between the two uppermost corners of different heights, where no corner is: in the middle of the first piece from the left.
    """
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.coord_start))
    x, y = rings.coords[:, 0], rings.coords[:, 1]
    ends = _next(rings)
    high = pl.DataFrame({"shape": shape, "y": y}).unique().sort("shape", "y").group_by("shape", maintain_order=True).agg(pl.col("y").head(2))
    middle = np.full(len(rings), np.nan)
    two = high.filter(pl.col("y").list.len() == 2)
    middle[two["shape"].to_numpy()] = two["y"].list.mean().to_numpy()
    at = middle[shape]
    crossing = (y < at) != (y[ends] < at)
    one, other, here = np.flatnonzero(crossing), ends[crossing], at[crossing]
    across = x[one] + (here - y[one]) * (x[other] - x[one]) / (y[other] - y[one])
    pieces = pl.DataFrame({"shape": shape[one], "x": across}).sort("shape", "x").group_by("shape", maintain_order=True).agg(pl.col("x").head(2).mean())
    found = np.full((len(rings), 2), np.nan)
    some = pieces["shape"].to_numpy()
    found[some] = np.stack([pieces["x"].to_numpy(), middle[some]], axis=1)
    return found


def _next(rings: Rings) -> Ints:
    """(n,) The corner behind each."""
    found = np.arange(1, len(rings.coords) + 1)
    filled = np.diff(rings.coord_start) > 0
    found[rings.coord_start[1:][filled] - 1] = rings.coord_start[:-1][filled]
    return found


def around(inner: Rings, outer: Rings, inner_group: Ints, outer_group: Ints) -> tuple[Ints, Ints]:
    """Every pair of a ring and one of the same group that it lies in, corners on the edge included; even-odd, but no ring lies in itself.

    Parameters
    ----------
    inner, outer
        Shapes of one ring each.
    inner_group, outer_group
        The group of each, from 0.

    Returns
    -------
    inner_row, outer_row : (k,) int64
        Ascending by the first, then by the second. Rings with a corner that is no place in an image lie nowhere, and nothing in them.
    """
    near_inner, near_outer = _near(inner), _near(outer)
    if not (near_inner.all() and near_outer.all()):
        rows = np.flatnonzero(near_inner), np.flatnonzero(near_outer)
        found = around(inner.take(rows[0]), outer.take(rows[1]), inner_group[rows[0]], outer_group[rows[1]])
        return rows[0][found[0]], rows[1][found[1]]
    groups = int(max(inner_group.max(initial=-1), outer_group.max(initial=-1))) + 1
    inner_coords, outer_coords = _apart(inner, outer, inner_group, outer_group, groups)
    inner, outer = inner.with_coords(inner_coords), outer.with_coords(outer_coords)
    pairs = points_in_shapes(points_inside(inner), outer)
    same = inner_group[pairs[0]] == outer_group[pairs[1]]
    row, of = pairs[0][same], pairs[1][same]
    whole = _corners_inside(inner, outer, row, of)
    return row[whole], of[whole]


def _near(rings: Rings) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which shapes have corners that are places in an image only."""
    far = ~(np.abs(rings.coords) < _FAR).all(axis=1)
    found = np.ones(len(rings), np.bool_)
    found[np.repeat(np.arange(len(rings)), np.diff(rings.coord_start))[far]] = False
    return found


def _apart(inner: Rings, outer: Rings, inner_group: Ints, outer_group: Ints, groups: int) -> tuple[Floats, Floats]:
    """The corners with every group below the one before it, so that only rings of one group are near to each other."""
    owner = [np.repeat(group, np.diff(rings.coord_start)) for rings, group in ((inner, inner_group), (outer, outer_group))]
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    for rings, group in zip((inner, outer), owner, strict=True):
        np.minimum.at(low, group, rings.coords[:, 1])
        np.maximum.at(high, group, rings.coords[:, 1])
    filled = high >= low
    low = np.floor(np.where(filled, low, 0.0))
    height = np.ceil(np.where(filled, high, 0.0) - low) + 2
    step = np.concatenate([[0.0], np.cumsum(height)])[:-1] % _WRAP - low
    moved = [rings.coords + np.stack([np.zeros(len(group)), step[group]], axis=1) for rings, group in zip((inner, outer), owner, strict=True)]
    return moved[0], moved[1]


def _corners_inside(inner: Rings, outer: Rings, row: Ints, of: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which pairs hold for all corners: each is inside, or so near to the edge that a point beside it is."""
    start, index = laid_out(inner.coord_start[:-1][row], np.diff(inner.coord_start)[row])
    pair = np.repeat(np.arange(len(row)), np.diff(start))
    good = np.zeros(len(index), np.bool_)
    for step in ((0, 0), (-_NEAR, -_NEAR), (_NEAR, -_NEAR), (-_NEAR, _NEAR), (_NEAR, _NEAR)):
        left = np.flatnonzero(~good)
        point, shape = points_in_shapes(inner.coords[index[left]] + np.array(step), outer)
        good[left[point[shape == of[pair[left[point]]]]]] = True
    found = np.ones(len(row), np.bool_)
    found[pair[~good]] = False
    return found
