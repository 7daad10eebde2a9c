"""The record of QuPath's GeoJSON."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_GRID = "coordinates are rounded to 0.01 pixel, QuPath's own grid; areas that cross themselves are made valid, those that vanish are left out"
_VERTICES = Limit(grid=0.25, lowest=-1e6, highest=1e6, choices=("no parameters",))
_RULE = "the pixels whose centres are inside, not those of ImageJ's own rule"
_LAYOUT = "in a member of the collection that QuPath ignores and drops when it saves"

FORMAT = Format(
    name="qupath-geojson",
    title="QuPath GeoJSON",
    suffixes=(".geojson", ".geojson.gz", ".geojson.zip", ".json"),
    summary="objects with outlines, classes, measurements and hierarchy as QuPath imports and exports them",
    specification=Reference("QuPath source (qupath-core, JSON adapters) and GeoJSON, RFC 7946", "0.7 (reads 0.2 and later)", "2026-11-20"),
    detect="segue.formats.qupath_geojson.detect:detect",
    reader="segue.formats.qupath_geojson.read:read",
    fit="segue.formats.qupath_geojson.fit:fit",
    writer="segue.formats.qupath_geojson.write:write",
    write_options="segue.formats.qupath_geojson.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="a UUID stays the id of the object; any other id is in its metadata as segue.id, its label as segue.label, which QuPath keeps",
    opened_by=("QuPath 0.4 and later (drag and drop)", "QGIS and GeoPandas", "Xenium Ranger (import-segmentation)", "TissUUmaps"),
    keeps={
        Feature.IMAGE_SET_NAME: exact(_LAYOUT),
        Feature.GRID_SIZE: exact(_LAYOUT),
        Feature.PIXEL_SIZE: exact(_LAYOUT),
        Feature.ORIGIN: exact(_LAYOUT),
        Feature.OBJECTS: exact("objects without a shape cannot be held; several shapes of one are several QuPath objects", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: approximate("objects that are contained in others come behind them"),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact("an empty name is no name", limit=Limit(text="plain")),
        Feature.OBJECT_TIME: exact("time points are counted from 0", limit=Limit(lowest=0)),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact("colours are opaque", limit=Limit(choices=("opaque",))),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact(_GRID, limit=_VERTICES),
        Feature.MULTIPOINT: exact(_GRID, limit=_VERTICES),
        Feature.LINE: exact(f"{_GRID}; without its width", limit=_VERTICES),
        Feature.POLYLINE: exact(f"{_GRID}; without its width", limit=_VERTICES),
        Feature.ANGLE: approximate("becomes a line of two pieces"),
        Feature.ARROW: approximate("becomes a line"),
        Feature.RECTANGLE: exact(f"{_GRID}; without rounded corners; {_RULE}", limit=_VERTICES),
        Feature.ROTATED_RECTANGLE: approximate("becomes a polygon"),
        Feature.OVAL: exact(f"{_GRID}; {_RULE}", limit=_VERTICES),
        Feature.ELLIPSE: approximate("becomes a polygon of 64 corners"),
        Feature.POLYGON: exact(_GRID, limit=_VERTICES),
        Feature.FREEHAND: exact(_GRID, limit=_VERTICES),
        Feature.TRACED: exact(_GRID, limit=_VERTICES),
        Feature.SPLINE: approximate("becomes a line or polygon through its points"),
        Feature.TEXT: approximate("becomes the rectangle around it"),
        Feature.IMAGE_SHAPE: approximate("becomes the rectangle around it"),
        Feature.MASK: approximate("becomes the outline of its pixels"),
        Feature.SHAPE_ROLE: exact(),
        Feature.SHAPE_PLANE: exact("planes and channels are counted from 0", limit=Limit(lowest=0)),
        Feature.CONNECTIONS: approximate("'contains' becomes QuPath's hierarchy (one parent per object); ids, names and tags of connections are lost"),
        Feature.VALUES: exact(
            "numbers are float64; only tables about objects", limit=Limit(dtypes=("number", "text", "boolean", "json"), choices=("objects",))
        ),
        Feature.COLUMNS: exact(_LAYOUT),
        Feature.POPULATIONS: exact(_LAYOUT),
        Feature.POPULATION_COLOUR: exact("colours are opaque", limit=Limit(choices=("opaque",))),
        Feature.POPULATION_SETTINGS: exact(_LAYOUT),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects; QuPath shows the first class of an object"),
        Feature.EXTRAS: approximate("the type of objects and properties of files of this format, not what other formats added"),
    },
)
