"""The record of OME-XML."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_JSON = "in an annotation of segue, which other programs keep or drop as a whole"
_TEXT = Limit(text="plain")
_CHARACTERS = "control characters, which XML has no place for, are left out"
_AREA = "a hole has no place in a polygon: such an area becomes a mask, or is filled; segue's annotation keeps its outlines"
_FINE = "on a grid of a millionth of a pixel"
_GRID = Limit(grid=1 / 1024, lowest=-100_000, highest=100_000)

FORMAT = Format(
    name="ome-roi",
    title="OME-XML ROIs",
    suffixes=(".ome.xml", ".companion.ome", ".ome"),
    summary="images without pixels, and their ROIs: shapes on planes, names, colours, masks, tags and key-value pairs",
    specification=Reference("OME-XML schema (ome-model 8be3f6cb); Bio-Formats ROIHandler, omero-rois, OMERO.iviewer for coordinates", "2016-06", "2026-11-21"),
    detect="segue.formats.ome_roi.detect:detect",
    reader="segue.formats.ome_roi.read:read",
    fit="segue.formats.ome_roi.fit:fit",
    writer="segue.formats.ome_roi.write:write",
    write_options="segue.formats.ome_roi.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    many=True,
    identity="a map annotation of each ROI (segue.id, segue.label, segue.layer, ...); in files of others the ID of the ROI",
    opened_by=("OMERO (import)", "Bio-Formats and Fiji", "Python (ome-types, tifffile)", "QuPath (through OMERO)"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact(f"group and position {_JSON}"),
        Feature.GRID_SIZE: exact(),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact(_JSON),
        Feature.OBJECTS: exact("objects without a shape have no ROI", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(_CHARACTERS, limit=_TEXT),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact(_CHARACTERS, limit=_TEXT),
        Feature.OBJECT_TIME: exact("time points are counted from 0", limit=Limit(lowest=0)),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(_CHARACTERS, limit=_TEXT),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact(),
        Feature.MULTIPOINT: exact("one point each in the file"),
        Feature.LINE: exact(),
        Feature.POLYLINE: exact(),
        Feature.ANGLE: exact("a polyline in the file"),
        Feature.ARROW: exact("a line with a marker in the file"),
        Feature.RECTANGLE: exact(f"where position and size do not give both corners back, {_FINE}", limit=_GRID),
        Feature.ROTATED_RECTANGLE: exact(f"{_FINE}; beyond 16 million pixels from the origin a polygon", limit=_GRID),
        Feature.OVAL: exact(f"where centre and radii do not give both corners back, {_FINE}", limit=_GRID),
        Feature.ELLIPSE: exact(f"{_FINE}; beyond 16 million pixels from the origin a polygon", limit=_GRID),
        Feature.POLYGON: exact(_AREA),
        Feature.FREEHAND: exact(_AREA),
        Feature.TRACED: exact(_AREA),
        Feature.SPLINE: exact("a polygon or polyline through its points in the file"),
        Feature.TEXT: exact("its box is in segue's annotation", limit=_GRID),
        Feature.MASK: exact(
            "masks that are not of whole pixels, or of more than 67 million, become outlines", limit=Limit(grid=1, lowest=-100_000, highest=100_000)
        ),
        Feature.SHAPE_ROLE: exact(_CHARACTERS),
        Feature.SHAPE_PLANE: exact("planes and channels are counted from 0", limit=Limit(lowest=0)),
        Feature.SHAPE_STYLE: exact(_CHARACTERS, limit=_TEXT),
        Feature.VALUES: exact(f"only tables about objects; {_CHARACTERS}", limit=Limit(choices=("objects",), text="plain")),
        Feature.COLUMNS: exact(_JSON),
        Feature.POPULATIONS: exact(f"tags; the path of names {_JSON}"),
        Feature.POPULATION_COLOUR: exact(_JSON),
        Feature.POPULATION_SETTINGS: exact(_JSON),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects, without the labels they were made on"),
        Feature.EXTRAS: approximate("comments, descriptions and ways of drawing of this format, not what other formats added"),
    },
)
