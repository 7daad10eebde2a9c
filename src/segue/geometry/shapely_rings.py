"""Rings to shapely polygons and back. shapely is loaded where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import Incompatible
from segue.geometry.rings import Rings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from segue.geometry.rings import Flat


def to_shapely(rings: Flat, rows: ArrayLike | None = None) -> NDArray[Any]:
    """A closed polygon of each shape, or of each of ``rows``.

    Returns
    -------
    (s,) object
        A Polygon for a shape of one part, a MultiPolygon for every other (an empty one where there is no part).
    """
    import shapely

    flat = Rings.of(rings) if rows is None else Rings.of(rings).take(rows)
    coords, ring_start = _closed(flat)
    polygons = shapely.from_ragged_array(shapely.GeometryType.POLYGON, coords, (ring_start, flat.part_start))
    parts = np.diff(flat.shape_start)
    out = np.empty(len(flat), object)
    single = parts == 1
    out[single] = polygons[flat.shape_start[:-1][single]]
    several = np.flatnonzero(parts > 1)
    out[parts == 0] = shapely.MultiPolygon()
    if len(several):
        member = np.repeat(~single, parts)
        owner = np.repeat(np.cumsum(parts > 1) - 1, parts)[member]
        out[several] = shapely.multipolygons(polygons[member], indices=owner)
    return out


def from_shapely(geometries: ArrayLike) -> Rings:
    """One shape per geometry: polygons and multipolygons; ``None`` and empty ones are shapes without parts.

    Raises
    ------
    Incompatible
        A geometry is not an area.
    """
    import shapely

    given = np.asarray(geometries, object).ravel()
    kinds = shapely.get_type_id(given)
    wrong = np.flatnonzero(~np.isin(kinds, (-1, 3, 6)) & ~shapely.is_empty(given))
    if len(wrong):
        raise Incompatible(f"shape {wrong[0]} is a {given[wrong[0]].geom_type}; only polygons and multipolygons have an outline", row=int(wrong[0]))
    polygons, owner = shapely.get_parts(_without(given, shapely.is_empty(given)), return_index=True)
    lines, part = shapely.get_rings(polygons, return_index=True)
    closed, ring = shapely.get_coordinates(lines, return_index=True)
    last = np.r_[ring[1:] != ring[:-1], True] if len(ring) else np.empty(0, bool)
    return Rings(
        closed[~last],
        _offsets(ring[~last], len(lines)),
        _offsets(part, len(polygons)),
        _offsets(owner, len(given)),
    )


def _closed(rings: Rings) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The vertices with the first of each ring repeated at its end."""
    start = rings.ring_start + np.arange(len(rings.ring_start))
    out = np.empty((start[-1], 2))
    closing = np.zeros(start[-1], np.bool_)
    closing[start[1:] - 1] = True
    out[~closing] = rings.coords
    out[closing] = rings.coords[rings.ring_start[:-1]]
    return out, start


def _without(given: NDArray[Any], empty: NDArray[np.bool_]) -> NDArray[Any]:
    out = given.copy()
    out[empty] = None
    return out


def _offsets(owner: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=count), out=start[1:])
    return start
