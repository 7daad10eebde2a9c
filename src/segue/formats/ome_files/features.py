"""What OME-XML can hold besides images."""

from __future__ import annotations

from segue.model.features import SHAPE_FEATURES
from segue.model.features import Feature as F

DRAWN = (
    *(F.OBJECTS, F.OBJECT_ORDER, F.OBJECT_ID, F.OBJECT_LABEL, F.LAYER, F.OBJECT_TIME, F.TRACK, F.OBJECT_NAME, F.OBJECT_COLOUR, F.OBJECT_LOCKED),
    *(feature for feature in SHAPE_FEATURES if feature is not F.IMAGE_SHAPE),
    *(F.SHAPE_ROLE, F.SHAPE_PLANE, F.SHAPE_STYLE, F.VALUES, F.COLUMNS),
    *(F.POPULATIONS, F.POPULATION_COLOUR, F.POPULATION_SETTINGS, F.MEMBERSHIP, F.EXTRAS),
)
"""Objects with everything about them."""
