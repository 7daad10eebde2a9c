"""Areas as QuPath accepts them: on its grid of 0.01 pixel, rings that neither cross nor touch themselves along a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from segue.model.rings import Floats, Ints, Rings, concat

STEPS = 100.0
"""Per pixel."""
SMALL = 400_000
"""Up to this many vertices GEOS is as fast as loading the kernel."""
LONGEST = 64
"""Vertices of a ring up to which all pairs of edges are looked at."""
NEAR = 1e7
"""Pixels up to which products of steps fit into 64 bits."""
FARTHEST = 1e12
"""Beyond this a float64 cannot tell the steps apart."""


def rounded(coords: Floats) -> Floats:
    """The nearest places on the grid."""
    near = np.abs(coords) < FARTHEST
    return np.where(near, np.round(np.where(near, coords, 0.0) * STEPS) / STEPS + 0.0, coords)


def on_grid(rings: Rings) -> Rings:
    """The same shapes rounded, without vertices that repeat the one before."""
    return without_repeats(rings.with_coords(rounded(rings.coords)))


def without_repeats(rings: Rings) -> Rings:
    """Drop vertices equal to the one before on their ring (the first counts as behind the last)."""
    x, y, start = rings.coords[:, 0], rings.coords[:, 1], rings.ring_start
    repeats = np.zeros(len(x), np.bool_)
    repeats[1:] = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    filled = np.diff(start) > 0
    first, last = start[:-1][filled], start[1:][filled] - 1
    repeats[first] = (x[first] == x[last]) & (y[first] == y[last]) & (first != last)
    if not repeats.any():
        return rings
    kept = np.concatenate([[0], np.cumsum(~repeats)])
    return Rings(rings.coords[~repeats], kept[start], rings.part_start, rings.shape_start)


def made_valid(rings: Rings, trusted: npt.NDArray[np.bool_]) -> Rings:
    """Areas on the grid that are valid; shapes that vanish are left without parts.

    ``trusted`` (shapes,): outlines of labels, which are valid by the way they are made.
    """
    doubtful = np.flatnonzero(~(trusted | _is_simple(rings)))
    wrong = doubtful[~_is_valid(rings.take(doubtful))]
    if not len(wrong):
        return rings
    repaired = _repaired(rings.take(wrong))
    order = np.arange(len(rings))
    order[wrong] = len(rings) + np.arange(len(wrong))
    return concat([rings, repaired]).take(order)


def _is_simple(rings: Rings) -> npt.NDArray[np.bool_]:
    """(shapes,) Which shapes are one ring that certainly does not touch itself; few vertices are left to GEOS."""
    found = np.zeros(len(rings), np.bool_)
    single = (np.diff(rings.shape_start) == 1) & (np.diff(rings.part_start[rings.shape_start]) == 1)
    if len(rings.coords) < SMALL or not single.any() or np.abs(rings.coords).max() > NEAR:
        return found
    from segue.formats.qupath_geojson import simple_kernel

    steps = np.rint(rings.coords * STEPS).astype(np.int64)
    rows = np.empty(len(rings.ring_start) - 1, np.bool_)
    simple_kernel.simple(steps, rings.ring_start, rows, LONGEST)
    found[single] = rows[rings.part_start[rings.shape_start[:-1][single]]]
    return found


def _is_valid(rings: Rings) -> npt.NDArray[np.bool_]:
    """(shapes,) Whether GEOS, as JTS in QuPath, accepts them."""
    import shapely

    short = _has_short_ring(rings)
    valid = ~short
    rows = np.flatnonzero(valid)
    valid[rows] = shapely.is_valid(_polygons(rings.take(rows)))
    return valid


def _has_short_ring(rings: Rings) -> npt.NDArray[np.bool_]:
    """Which shapes have a ring of fewer than three vertices, or none at all."""
    short = np.concatenate([[0], np.cumsum(np.diff(rings.ring_start) < 3)])
    start: Ints = rings.part_start[rings.shape_start]
    found: npt.NDArray[np.bool_] = (short[start[1:]] != short[start[:-1]]) | (np.diff(start) == 0)
    return found


def _polygons(rings: Rings) -> npt.NDArray[Any]:
    from segue.geometry.rings import Rings as Flat
    from segue.geometry.shapely_rings import to_shapely

    return to_shapely(Flat(rings.coords, rings.ring_start, rings.part_start, rings.shape_start))


def _repaired(rings: Rings) -> Rings:
    """Shapes that cover the same area as far as it can be told, on the grid; shapes without parts where nothing is left."""
    import shapely

    made = shapely.set_precision(shapely.make_valid(_polygons(_without_short(rings))), 1 / STEPS)
    pieces = [_areas(one) for one in made]
    shapes = [Rings.empty() if piece is None else _from(piece) for piece in pieces]
    found = concat([_one(shape) for shape in shapes])
    again = on_grid(found)
    return again.take(np.arange(len(again))) if _is_valid(again).all() else _emptied(again, ~_is_valid(again))


def _without_short(rings: Rings) -> Rings:
    """Without rings of fewer than three vertices and parts without rings."""
    keep = np.diff(rings.ring_start) >= 3
    first = np.zeros(len(keep), np.bool_)
    first[rings.part_start[:-1][np.diff(rings.part_start) > 0]] = True
    part = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    gone = np.zeros(len(rings.part_start) - 1, np.bool_)
    gone[part[first & ~keep]] = True  # without its outer ring a part is gone
    keep &= ~gone[part]
    rows = np.flatnonzero(keep)
    lengths = np.diff(rings.ring_start)[rows]
    vertices = np.repeat(rings.ring_start[rows] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(lengths.sum())
    count = np.bincount(part[rows], minlength=len(gone))
    filled = np.concatenate([[0], np.cumsum(count > 0)])
    return Rings(
        rings.coords[vertices], np.concatenate([[0], np.cumsum(lengths)]), np.concatenate([[0], np.cumsum(count[count > 0])]), filled[rings.shape_start]
    )


def _areas(geometry: Any) -> Any:
    """The polygons in a geometry; None if there are none."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(geometry) if geometry.geom_type == "GeometryCollection" else geometry)
    found = [part for part in np.atleast_1d(parts) if part.geom_type == "Polygon" and not part.is_empty]
    return shapely.multipolygons(found) if found else None


def _from(geometry: Any) -> Rings:
    from segue.geometry.shapely_rings import from_shapely

    flat = from_shapely([geometry])
    return Rings(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)


def _one(rings: Rings) -> Rings:
    return rings if len(rings) else Rings(np.empty((0, 2)), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(2, np.int64))


def _emptied(rings: Rings, which: npt.NDArray[np.bool_]) -> Rings:
    """The shapes, some of them without parts."""
    parts = np.repeat(~which, np.diff(rings.shape_start))
    kept = rings.take(np.flatnonzero(~which))
    start = np.concatenate([[0], np.cumsum(np.where(which, 0, np.diff(rings.shape_start)))])
    return Rings(kept.coords, kept.ring_start, kept.part_start, start) if len(parts) else rings
