"""The record of ImageJ's ROI files."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_VERTICES = Limit(grid=1 / 256, lowest=-65000, highest=65000)
_BEYOND = "coordinates with fractions are rounded to the 24 bits of a float32"
_NUMBERS = "coordinates and parameters are rounded to float32, or to the whole numbers that ImageJ has"

FORMAT = Format(
    name="imagej-roi",
    title="ImageJ ROI set",
    suffixes=(".zip", ".roi"),
    written_as="-RoiSet.zip",
    summary="the ROI manager's RoiSet.zip, or one .roi: shapes of every kind, with names, planes, groups, colours and properties",
    specification=Reference("ImageJ source: ij/io/RoiDecoder.java, RoiEncoder.java, ij/plugin/frame/RoiManager.java (public domain)", "1.54u7", "2026-11-20"),
    detect="segue.formats.imagej_roi.detect:detect",
    reader="segue.formats.imagej_roi.read:read",
    fit="segue.formats.imagej_roi.fit:fit",
    writer="segue.formats.imagej_roi.write:write",
    read_options="segue.formats.imagej_roi.options:ReadOptions",
    write_options="segue.formats.imagej_roi.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="ROI properties segue.id and segue.label, which ImageJ keeps; in files of others the QuPath id, else the name of the zip entry",
    opened_by=(
        "Fiji and ImageJ (ROI Manager, Open...)",
        "QuPath (drag and drop)",
        "napari and Python (roifile, read-roi)",
        "Icy, CellProfiler, MATLAB (ReadImageJROI)",
    ),
    keeps={
        Feature.IMAGE_SET_NAME: exact("in the comment of the zip file, which ImageJ drops when it saves"),
        Feature.GRID_SIZE: exact("in the comment of the zip file, which ImageJ drops when it saves"),
        Feature.PIXEL_SIZE: exact("in the comment of the zip file, which ImageJ drops when it saves"),
        Feature.ORIGIN: exact("in the comment of the zip file, which ImageJ drops when it saves"),
        Feature.OBJECTS: exact("objects without a shape have no ROI", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact(),
        Feature.OBJECT_TIME: exact("frames are counted to 2,147,483,646", limit=Limit(lowest=0, highest=2**31 - 2)),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact("an empty name is no name", limit=Limit(text="plain")),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POLYGON: exact(_BEYOND, limit=_VERTICES),
        Feature.FREEHAND: exact(_BEYOND, limit=_VERTICES),
        Feature.TRACED: exact(_BEYOND, limit=_VERTICES),
        Feature.RECTANGLE: exact(
            "ImageJ rounds a rectangle with fractions to whole pixels", limit=Limit(grid=1, lowest=-65000, highest=65000, choices=("arc",))
        ),
        Feature.ROTATED_RECTANGLE: exact(_NUMBERS, limit=_VERTICES),
        Feature.OVAL: approximate("ImageJ selects pixels of an oval by a rule of its own, so slightly other ones than those whose centres are inside"),
        Feature.ELLIPSE: exact(_NUMBERS, limit=_VERTICES),
        Feature.SPLINE: exact(_NUMBERS, limit=_VERTICES),
        Feature.LINE: exact(_NUMBERS, limit=_VERTICES),
        Feature.POLYLINE: exact(_NUMBERS, limit=_VERTICES),
        Feature.ARROW: exact(_NUMBERS, limit=_VERTICES),
        Feature.ANGLE: exact(_NUMBERS, limit=_VERTICES),
        Feature.POINT: exact(_NUMBERS, limit=_VERTICES),
        Feature.MULTIPOINT: exact(_NUMBERS, limit=_VERTICES),
        Feature.TEXT: exact(_NUMBERS, limit=_VERTICES),
        Feature.IMAGE_SHAPE: approximate("comes back with the pixels that a ROI file brought; images from elsewhere have none and are left out"),
        Feature.MASK: approximate("becomes the traced outline of its pixels"),
        Feature.SHAPE_ROLE: exact(),
        Feature.SHAPE_PLANE: exact("planes are counted to 2,147,483,646", limit=Limit(highest=2**31 - 2)),
        Feature.SHAPE_STYLE: exact(
            "line widths are float32 above 0; the colour 0 (transparent black) is no colour; only texts have a text and a font",
            limit=Limit(grid=1 / 256, choices=("stroke", "fill", "stroke_width", "opaque")),
        ),
        Feature.POPULATIONS: exact(),
        Feature.POPULATION_COLOUR: exact(),
        Feature.POPULATION_SETTINGS: exact(),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects, without the labels they were made on"),
        Feature.EXTRAS: approximate("properties, options, counters and pixels of ROIs that segue has no word for; not what other formats added"),
    },
)
