"""What a data set of ilastik keeps, in whatever container it lies."""

from __future__ import annotations

from segue.formats.format import Kept, Limit, approximate, exact
from segue.formats.holds import NUMBERS
from segue.model.features import Feature


def keeps(holder: str) -> dict[Feature, Kept]:
    """The table of the record; ``holder`` is what holds the data set: a file, a container."""
    one = f"{holder} holds one picture: labels before images, the first before others"
    return {
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes without a picture are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact(one, limit=Limit(at_most=1, dtypes=NUMBERS)),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0, numbers of 16 bits with a point get 32", limit=Limit(dtypes=NUMBERS)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact(one, limit=Limit(at_most=1)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    }
