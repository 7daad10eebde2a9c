"""Shapes of native kinds as geometries of shapely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from segue.geometry.shapely_rings import to_shapely
from segue.model.shapes import RINGED, Shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMPLIED = {1: "point", 2: "polyline", 3: "polygon", 4: "multipoint", 5: "polyline", 6: "polygon"}
"""The kind that a geometry (its number in WKB) is where nothing else says it; a line of two points is a line."""


def geometries(shapes: Shapes) -> NDArray[Any]:
    """(shapes,) Polygons (of several parts MultiPolygons), LineStrings, Points and MultiPoints."""
    import shapely

    kind, rings = shapes.frame["kind"].cast(pl.Utf8), shapes.rings
    out = np.full(len(shapes), None, object)
    for kinds in ([str(one) for one in RINGED], ["point"], ["multipoint"], ["line", "polyline"]):
        rows = np.flatnonzero(kind.is_in(kinds).to_numpy()).astype(np.int64)
        if not len(rows):
            continue
        own = rings.take(rows)
        owner = np.repeat(np.arange(len(own)), np.diff(own.coord_start))
        if kinds == ["point"]:
            out[rows] = shapely.points(own.coords)
        elif kinds == ["multipoint"]:
            out[rows] = shapely.multipoints(shapely.points(own.coords), indices=owner)
        else:
            out[rows] = shapely.linestrings(own.coords, indices=owner) if "line" in kinds else to_shapely(own)
    return out


def implied(shapes: Shapes) -> pl.Series:
    """(shapes,) the kind that each would be read as without a hint."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    two = pl.Series(np.diff(shapes.rings.coord_start) == 2)
    line = pl.when(two).then(pl.lit("line")).otherwise(pl.lit("polyline"))
    areas = pl.when(kind.is_in([str(one) for one in RINGED])).then(pl.lit("polygon"))
    return pl.select(areas.when(kind.is_in(["line", "polyline"])).then(line).otherwise(kind)).to_series()
