"""The record of COCO."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_SIDE = "in a member 'segue' that other programs pass over"
_MASK = "with holes it becomes a run-length mask: the exact outline of its pixels inside the image (segmentation=auto)"

FORMAT = Format(
    name="coco",
    title="COCO",
    suffixes=(".json", ".coco.json"),
    summary="objects of many images with categories, as polygons or run-length masks, for training and evaluation",
    specification=Reference("COCO data format (cocodataset.org) and pycocotools source", "2017; pycocotools 2.0.11", "2026-11-21"),
    detect="segue.formats.coco.detect:detect",
    reader="segue.formats.coco.read:read",
    fit="segue.formats.coco.fit:fit",
    writer="segue.formats.coco.write:write",
    write_options="segue.formats.coco.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    many=True,
    identity="a whole number that no other image uses is the id of the annotation; any other id, and the label, stand in the member segue of the annotation",
    opened_by=("pycocotools", "Detectron2 and MMDetection", "FiftyOne", "CVAT", "Roboflow"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact(f"the name is file_name; group and position stand {_SIDE}"),
        Feature.GRID_SIZE: exact(f"t and z stand {_SIDE}"),
        Feature.PIXEL_SIZE: exact(_SIDE),
        Feature.ORIGIN: exact(_SIDE),
        Feature.OBJECTS: exact("objects without a shape cannot be held; several shapes of one are several annotations", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact(),
        Feature.OBJECT_TIME: exact(),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact("as a keypoint"),
        Feature.MULTIPOINT: exact("as keypoints"),
        Feature.RECTANGLE: exact("as a polygon of four corners; without rounded corners", limit=Limit(choices=("no parameters",))),
        Feature.ROTATED_RECTANGLE: approximate("becomes a polygon"),
        Feature.OVAL: approximate("becomes a polygon of 64 corners"),
        Feature.ELLIPSE: approximate("becomes a polygon of 64 corners"),
        Feature.POLYGON: exact(_MASK, limit=Limit(choices=("no holes",))),
        Feature.FREEHAND: exact(_MASK, limit=Limit(choices=("no holes",))),
        Feature.TRACED: exact(_MASK, limit=Limit(choices=("no holes",))),
        Feature.SPLINE: approximate("becomes a polygon through its points if it is closed"),
        Feature.MASK: approximate("becomes the exact outline of its pixels"),
        Feature.SHAPE_ROLE: exact(),
        Feature.SHAPE_PLANE: exact(),
        Feature.VALUES: exact("only tables about objects", limit=Limit(choices=("objects",))),
        Feature.COLUMNS: exact(_SIDE),
        Feature.POPULATIONS: exact(_SIDE),
        Feature.POPULATION_COLOUR: exact(_SIDE),
        Feature.POPULATION_SETTINGS: exact(_SIDE),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects; the category of an annotation is the first population of its object"),
        Feature.EXTRAS: approximate("info, licences and further members of COCO files, not what other formats added"),
    },
)
