"""The words by which segue's facts stand in OME-XML: namespaces of annotations and keys in them."""

from __future__ import annotations

from segue.model.shapes import PARAMETERS

STUDY = "segue/study"
"""Namespace of the one comment that tells, as JSON, what OME-XML has no words for."""
OBJECT = "segue/object"
"""Namespace of the map of an object: who it is, and its values."""
SHAPE = "segue/shape"
"""Namespace of the maps of shapes, which equal shapes share."""
TAG = "segue/population"
"""Namespace of populations."""

PREFIX = "segue."
"""Keys in the map of an object that are not names of values."""
ID, LABEL, LAYER, TRACK, COLOUR = (PREFIX + word for word in ("id", "label", "layer", "track", "colour"))

KIND, ROLE, NTH = "kind", "role", "shape"
"""Of a shape: its kind, its role, and its number among the shapes of the object where several elements make one shape."""
RINGS, OF = "rings", "of"
"""Outlines with holes, and the checksum of the element that stands for them."""
WIDE, HIGH = "box_width", "box_height"
FONT, FONT_SIZE, STROKE = "font", "font_size", "stroke"
NUMBERS = (*PARAMETERS, FONT_SIZE, WIDE, HIGH)
TEXTS = (KIND, ROLE, NTH, RINGS, OF, FONT, STROKE)
