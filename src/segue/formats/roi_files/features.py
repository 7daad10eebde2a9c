"""What ROIs can hold, in whatever file they are."""

from __future__ import annotations

from segue.model.features import SHAPE_FEATURES
from segue.model.features import Feature as F

HELD = (
    *(F.OBJECTS, F.OBJECT_ORDER, F.OBJECT_ID, F.OBJECT_LABEL, F.LAYER, F.OBJECT_TIME, F.TRACK, F.OBJECT_NAME, F.OBJECT_COLOUR, F.OBJECT_LOCKED),
    *(*SHAPE_FEATURES, F.SHAPE_ROLE, F.SHAPE_PLANE, F.SHAPE_STYLE),
    *(F.POPULATIONS, F.POPULATION_COLOUR, F.POPULATION_SETTINGS, F.MEMBERSHIP, F.EXTRAS),
)
"""Objects with everything about them."""
