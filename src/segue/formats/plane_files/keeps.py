"""What files of one plane of 8 or 16 bits keep."""

from __future__ import annotations

from segue.formats.format import Kept, Limit, approximate, exact
from segue.formats.plane_files.limits import PLANE_TYPES
from segue.model.features import Feature


def keeps(refused: str) -> dict[Feature, Kept]:
    """The table of the record; ``refused`` is what such a file cannot hold besides other number types and more planes."""
    return {
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("one plane: more z planes or time points are refused", limit=Limit(axes="yx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact(
            f"other number types, more planes and {refused} are refused: write TIFF",
            limit=Limit(at_most=1, dtypes=PLANE_TYPES, axes="cyx"),
        ),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0", limit=Limit(dtypes=PLANE_TYPES)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact("more planes and labels above 65,535 are refused: write TIFF", limit=Limit(at_most=1, axes="yx", lowest=0, highest=65_535)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    }
