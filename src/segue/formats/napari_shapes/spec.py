"""The record of napari's CSV of shapes."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_FIGURES = Limit(grid=1 / 256, lowest=-65536, highest=65536, choices=("no parameters",))
_BEYOND = "napari counts from the centre of the first pixel: the last bits of other fractions may differ"
_COLUMN = "in a column that napari ignores and drops when it saves"

FORMAT = Format(
    name="napari-shapes",
    title="napari shapes",
    suffixes=(".csv",),
    written_as="-shapes.csv",
    summary="the CSV file that napari saves of a shapes layer: polygons, rectangles, ellipses, lines and paths on planes",
    specification=Reference("napari source: napari_builtins/io/_read.py, _write.py (BSD-3)", "0.9.2", "2026-11-21"),
    detect="segue.formats.napari_shapes.detect:detect",
    reader="segue.formats.napari_shapes.read:read",
    fit="segue.formats.napari_shapes.fit:fit",
    writer="segue.formats.napari_shapes.write:write",
    read_options="segue.formats.napari_shapes.options:ReadOptions",
    write_options="segue.formats.napari_shapes.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="columns id, label, layer, name, track and role, which napari ignores and drops when it saves; else the order of the shapes",
    opened_by=("napari (File > Open, drag and drop)", "Python and R, as a table of vertices"),
    keeps={
        Feature.OBJECTS: exact("objects without a shape cannot be held", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(_COLUMN),
        Feature.OBJECT_LABEL: exact(_COLUMN),
        Feature.LAYER: exact(_COLUMN),
        Feature.OBJECT_TIME: exact("as the first axis"),
        Feature.TRACK: exact(_COLUMN),
        Feature.OBJECT_NAME: exact(_COLUMN),
        Feature.SHAPE_ROLE: exact(_COLUMN),
        Feature.POPULATIONS: approximate("those with members, in a column class; colours, kinds and rules are lost"),
        Feature.MEMBERSHIP: approximate("objects keep their first class, in the order of the objects"),
        Feature.SHAPE_PLANE: exact("napari's shapes have no channel", limit=Limit(choices=("z",))),
        Feature.LINE: exact(f"{_BEYOND}; without its width", limit=_FIGURES),
        Feature.POLYLINE: exact(f"{_BEYOND}; without its width", limit=_FIGURES),
        Feature.ANGLE: approximate("becomes a path of two pieces"),
        Feature.ARROW: approximate("becomes a line"),
        Feature.RECTANGLE: exact(f"{_BEYOND}; without rounded corners; the pixels whose centres are inside, not those of ImageJ's own rule", limit=_FIGURES),
        Feature.ROTATED_RECTANGLE: approximate("its corners stay; its middle line and width are rounded to 1/65,536 of a pixel"),
        Feature.OVAL: exact(f"{_BEYOND}; the pixels whose centres are inside, not those of ImageJ's own rule", limit=_FIGURES),
        Feature.ELLIPSE: approximate("its box stays; its axes are rounded to 1/65,536 of a pixel, and upright ones are ovals"),
        Feature.POLYGON: exact(f"{_BEYOND}; holes and parts are joined by edges that are walked twice, as napari expects", limit=_FIGURES),
        Feature.FREEHAND: approximate("becomes a polygon"),
        Feature.TRACED: approximate("becomes a polygon"),
        Feature.SPLINE: approximate("becomes a path or polygon through its points"),
        Feature.MASK: approximate("becomes the outline of its pixels"),
    },
)
