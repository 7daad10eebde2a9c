"""What files of NimbusImage's annotations keep."""

from __future__ import annotations

from segue.formats.format import Kept, Limit, approximate, exact
from segue.model.features import Feature

_SIDE = "in a member 'segue' that NimbusImage passes over"
_AREA = "holes are filled (unless holes=keyhole or parts); each part is an annotation of its own, with the same tags"
_NO_HOLES = Limit(choices=("no holes",))
_PLAIN = Limit(choices=("no parameters",))

KEEPS: dict[Feature, Kept] = {
    Feature.IMAGE_SETS: exact("each is a stage position (XY)"),
    Feature.IMAGE_SET_NAME: exact(_SIDE),
    Feature.GRID_SIZE: exact(_SIDE),
    Feature.PIXEL_SIZE: exact(_SIDE),
    Feature.ORIGIN: exact(_SIDE),
    Feature.LABELS: approximate("as outlines along the pixel edges; holes are filled (unless holes=keyhole or parts)"),
    Feature.OBJECTS: exact("objects without a shape cannot be held; several shapes of one are several annotations", limit=Limit(lowest=1)),
    Feature.OBJECT_ORDER: exact(),
    Feature.OBJECT_ID: exact(),
    Feature.OBJECT_LABEL: exact(_SIDE),
    Feature.LAYER: exact(_SIDE),
    Feature.OBJECT_TIME: exact(),
    Feature.TRACK: exact(f"{_SIDE}; NimbusImage's tracks are connections"),
    Feature.OBJECT_NAME: exact(),
    Feature.OBJECT_COLOUR: exact(f"what is not opaque is so {_SIDE}"),
    Feature.OBJECT_LOCKED: exact(_SIDE),
    Feature.POINT: exact(),
    Feature.MULTIPOINT: approximate("becomes several points"),
    Feature.LINE: exact("without its width", limit=_PLAIN),
    Feature.POLYLINE: exact("without its width", limit=_PLAIN),
    Feature.ANGLE: approximate("becomes a line of two pieces"),
    Feature.ARROW: approximate("becomes a line"),
    Feature.RECTANGLE: exact("without rounded corners", limit=_PLAIN),
    Feature.ROTATED_RECTANGLE: approximate("becomes a polygon"),
    Feature.OVAL: approximate("becomes a polygon of 64 corners"),
    Feature.ELLIPSE: approximate("becomes a polygon of 64 corners"),
    Feature.POLYGON: exact(_AREA, limit=_NO_HOLES),
    Feature.FREEHAND: exact(_AREA, limit=_NO_HOLES),
    Feature.TRACED: exact(_AREA, limit=_NO_HOLES),
    Feature.SPLINE: approximate("becomes a line or polygon through its points"),
    Feature.MASK: approximate("becomes the outline of its pixels; holes are filled (unless holes=keyhole or parts)"),
    Feature.SHAPE_ROLE: exact(_SIDE),
    Feature.SHAPE_PLANE: exact(f"that a shape is on all planes stands {_SIDE}"),
    Feature.CONNECTIONS: exact(f"the kind stands {_SIDE}"),
    Feature.VALUES: exact(
        f"only tables about objects; booleans are 0 and 1, and what JSON has no number for stands {_SIDE}", limit=Limit(choices=("objects",))
    ),
    Feature.COLUMNS: exact(
        f"only of tables about objects; a column of no property is one of a property made for its table; dots and leading $ are _; the rest stands {_SIDE}",
        limit=Limit(choices=("property", "path", "unit", "measurement", "channel", "layer")),
    ),
    Feature.POPULATIONS: exact(f"as tags; a nested name is joined with ' / '; the rest stands {_SIDE}"),
    Feature.POPULATION_COLOUR: exact(_SIDE),
    Feature.POPULATION_SETTINGS: exact(_SIDE),
    Feature.MEMBERSHIP: approximate("members are listed in the order of the objects; one fingerprint of labels for each population and image set"),
    Feature.PROPERTIES: exact(f"what NimbusImage does not accept in a definition stands {_SIDE}"),
    Feature.STUDY_EXTRAS: approximate("further members of NimbusImage's files, not what other formats added"),
    Feature.EXTRAS: approximate("the id of the dataset and further members of NimbusImage's files, not what other formats added"),
}
