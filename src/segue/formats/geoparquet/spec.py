"""The record of GeoParquet."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_ENTRY = "in the key-value metadata of the file, which other programs pass over"
_PLAIN = Limit(choices=("no parameters",))

FORMAT = Format(
    name="geoparquet",
    title="GeoParquet",
    suffixes=(".parquet", ".geoparquet"),
    summary="a table of objects with geometry, classes and measurements, for GeoPandas, SpatialData, R and DuckDB",
    specification=Reference("GeoParquet (OGC), https://geoparquet.org", "1.1.0 (reads 1.0 and its betas)", "2026-11-21"),
    detect="segue.formats.geoparquet.detect:detect",
    reader="segue.formats.geoparquet.read:read",
    fit="segue.formats.geoparquet.fit:fit",
    writer="segue.formats.geoparquet.write:write",
    read_options="segue.formats.geoparquet.options:ReadOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="ids are the column id (text), labels the column label; in files of others the index of GeoPandas or SpatialData is the id",
    opened_by=("GeoPandas", "SpatialData (shapes)", "R (sfarrow, geoarrow)", "QGIS", "DuckDB"),
    keeps={
        Feature.IMAGE_SET_NAME: exact(_ENTRY),
        Feature.GRID_SIZE: exact(_ENTRY),
        Feature.PIXEL_SIZE: exact(_ENTRY),
        Feature.ORIGIN: exact(_ENTRY),
        Feature.OBJECTS: exact("several shapes of one object are several rows; an object without a shape has no geometry"),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact(),
        Feature.OBJECT_TIME: exact(),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact(),
        Feature.MULTIPOINT: exact(),
        Feature.LINE: exact("without its width", limit=_PLAIN),
        Feature.POLYLINE: exact("without its width", limit=_PLAIN),
        Feature.ANGLE: approximate("becomes a line of two pieces"),
        Feature.ARROW: approximate("becomes a line"),
        Feature.RECTANGLE: approximate("becomes a polygon"),
        Feature.ROTATED_RECTANGLE: approximate("becomes a polygon"),
        Feature.OVAL: approximate("becomes a polygon of 64 corners"),
        Feature.ELLIPSE: approximate("becomes a polygon of 64 corners"),
        Feature.POLYGON: exact(),
        Feature.FREEHAND: exact(),
        Feature.TRACED: exact(),
        Feature.SPLINE: approximate("becomes a line or polygon through its points"),
        Feature.MASK: approximate("becomes the outline of its pixels"),
        Feature.SHAPE_ROLE: exact(),
        Feature.SHAPE_PLANE: exact(),
        Feature.VALUES: exact("only tables about objects", limit=Limit(choices=("objects",))),
        Feature.COLUMNS: exact(_ENTRY),
        Feature.POPULATIONS: exact(_ENTRY),
        Feature.POPULATION_COLOUR: exact(_ENTRY),
        Feature.POPULATION_SETTINGS: exact(_ENTRY),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects; the first population of an object is its classification"),
    },
)
