"""The record of Labelme."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_SIDE = "in a member 'segue' that Labelme keeps"
_MASK = "with holes it becomes a mask: the exact outline of its pixels inside the image"
_AREA = Limit(choices=("no holes",))
_PLAIN = Limit(choices=("no parameters",))

FORMAT = Format(
    name="labelme",
    title="Labelme",
    suffixes=(".json", ".labelme.json"),
    summary="shapes of one image with labels, as Labelme draws them",
    specification=Reference("Labelme's source: _label_file.py, shape.py, utils (facts only)", "5.7 and later", "2026-11-21"),
    detect="segue.formats.labelme.detect:detect",
    reader="segue.formats.labelme.read:read",
    fit="segue.formats.labelme.fit:fit",
    writer="segue.formats.labelme.write:write",
    write_options="segue.formats.labelme.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="a whole number is the group_id of the shape; any other id, and the label number, stand in the member segue of the shape",
    opened_by=("Labelme 5 and later", "FiftyOne", "X-AnyLabeling"),
    keeps={
        Feature.IMAGE_SET_NAME: exact(f"the name is imagePath; group and position stand {_SIDE}"),
        Feature.GRID_SIZE: exact(f"t and z stand {_SIDE}"),
        Feature.PIXEL_SIZE: exact(_SIDE),
        Feature.ORIGIN: exact(_SIDE),
        Feature.IMAGES: approximate("embed=true stores the first image, if it has 8 bits, y and x, and one to four channels; else none"),
        Feature.OBJECTS: exact("objects without a shape cannot be held; several shapes of one have the same group_id", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(_SIDE),
        Feature.LAYER: exact(_SIDE),
        Feature.OBJECT_TIME: exact(_SIDE),
        Feature.TRACK: exact(_SIDE),
        Feature.OBJECT_NAME: exact("as the description"),
        Feature.OBJECT_COLOUR: exact(_SIDE),
        Feature.OBJECT_LOCKED: exact(_SIDE),
        Feature.POINT: exact(),
        Feature.MULTIPOINT: exact(),
        Feature.LINE: exact("without its width", limit=_PLAIN),
        Feature.POLYLINE: exact("without its width", limit=_PLAIN),
        Feature.ANGLE: approximate("becomes a line of two pieces"),
        Feature.ARROW: approximate("becomes a line"),
        Feature.RECTANGLE: exact("without rounded corners", limit=_PLAIN),
        Feature.ROTATED_RECTANGLE: exact(),
        Feature.OVAL: approximate("circles are kept; other ovals become polygons of 64 corners"),
        Feature.ELLIPSE: approximate("becomes a polygon of 64 corners"),
        Feature.POLYGON: exact(_MASK, limit=_AREA),
        Feature.FREEHAND: exact(_MASK, limit=_AREA),
        Feature.TRACED: exact(_MASK, limit=_AREA),
        Feature.SPLINE: approximate("becomes a line or polygon through its points"),
        Feature.MASK: approximate("becomes the exact outline of its pixels"),
        Feature.SHAPE_ROLE: exact(_SIDE),
        Feature.SHAPE_PLANE: exact(_SIDE),
        Feature.VALUES: exact("only tables about objects; booleans of a table 'flags' are flags", limit=Limit(choices=("objects",))),
        Feature.COLUMNS: exact(_SIDE),
        Feature.POPULATIONS: exact(_SIDE),
        Feature.POPULATION_COLOUR: exact(_SIDE),
        Feature.POPULATION_SETTINGS: exact(_SIDE),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects; the label of a shape is the first population of its object"),
        Feature.EXTRAS: approximate("flags of the image and further members of Labelme's files, not what other formats added"),
    },
)
