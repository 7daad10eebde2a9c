"""The geometry column of GeoParquet 1.1: geometries as WKB, and what the file says about them (https://geoparquet.org, version 1.1.0)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMN = "geometry"


def wkb(geometries: NDArray[Any]) -> pl.Series:
    """Shapely geometries as ISO WKB, little-endian; ``None`` is null."""
    import shapely

    return pl.Series(COLUMN, shapely.to_wkb(geometries, flavor="iso", byte_order=1).tolist(), dtype=pl.Binary)


def geo_metadata(geometries: NDArray[Any]) -> dict[str, str]:
    """The ``geo`` entry of the file: one column, in pixels, without a place on Earth."""
    import shapely

    names = {str(shapely.GeometryType(number).name) for number in np.unique(shapely.get_type_id(geometries)) if number >= 0}
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(_TITLES[name] for name in names), "crs": None, "edges": "planar"}
    bounds = shapely.total_bounds(geometries) if len(geometries) else np.full(4, np.nan)
    if np.isfinite(bounds).all():
        column["bbox"] = [float(value) for value in bounds]
    return {"geo": json.dumps({"version": "1.1.0", "primary_column": COLUMN, "columns": {COLUMN: column}})}


_TITLES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTIPOLYGON": "MultiPolygon",
}
