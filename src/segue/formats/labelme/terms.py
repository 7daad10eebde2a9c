"""Words of the format."""

from __future__ import annotations

NAME = "labelme"
VERSION = "5.5.0"
"""Of Labelme, whose files these are."""
KNOWN = frozenset({"label", "points", "group_id", "shape_type", "flags", "description", "mask", "attributes", "segue"})
"""Members of a shape that have a meaning."""
KNOWN_TOP = frozenset({"shapes", "imagePath", "imageData", "imageHeight", "imageWidth", "segue"})
FLAGS = "flags"
"""Table of the flags of shapes."""
UNCLASSIFIED = "unclassified"
"""The label of objects that are in no population: a shape has one label."""
JOINT = ": "
"""Between the names of a population in a label."""
LARGEST = 1 << 32
"""Bytes of a file."""
MOST_PIXELS = 1 << 28
"""Of a mask or of the image."""
