"""ilastik's names of columns in tracking tables, and which measurements they are."""

from __future__ import annotations

import re

FRAME, LABEL, TRACK, LINEAGE, PARENT, MERGER = "frame", "labelimageId", "trackId", "lineageId", "parentTrackId", "mergerLabelId"
KEYS = (FRAME, LABEL, TRACK, LINEAGE, PARENT, MERGER)
FIRST_TRACK = 2
"""Smaller numbers of tracks (-1, 1) say that an object is a false detection."""
FALSE = "false detection"
"""The population of such objects."""
MISSING = (0.0, 9999.0)
"""What stands in all features of an object that was not measured: it came out of a merger."""
CUT = ("Center_of_the_object_0", "Center_of_the_object_1", "Center_of_the_object_2")
EXACT = ("Object_Center_0", "Object_Center_1", "Object_Center_2")
"""x, y, z, counted from the centre of the first pixel. The first are written as whole numbers, what is behind the point cut off; the others, of the convex
hull features, are the same position and are written in full."""
MEASUREMENTS = {"Size_in_pixels": "area", "Bounding_Box_Minimum_0": "left", "Bounding_Box_Minimum_1": "top", "Bounding_Box_Minimum_2": "front"}
"""Those of the catalogue whose numbers are the same."""
INTENSITIES = {"Mean_Intensity": "mean", "Minimum_intensity": "min", "Maximum_intensity": "max", "Total_Intensity": "sum"}
UNITS = {"Size_in_pixels": "pixel"}
_NUMBERED = re.compile(r"(?P<name>.+)_(?P<number>[0-9]+)")


def facts_of(name: str, names: frozenset[str]) -> dict[str, str]:
    """What is known about a column of numbers among columns of these names: its measurement, channel and unit."""
    found = _NUMBERED.fullmatch(name)
    plain, number = (found["name"], found["number"]) if found else (name, "")
    if plain in INTENSITIES:
        several = f"{plain}_1" in names
        return {"measurement": INTENSITIES[plain]} | ({"channel": number} if several else {})
    for one in (name, plain if number == "0" else name):
        if one in MEASUREMENTS:
            return {"measurement": MEASUREMENTS[one]} | ({"unit": UNITS[one]} if one in UNITS else {})
    return {}
