"""ilastik's names of columns, and which measurements they are."""

from __future__ import annotations

import re

OBJECT, TIME, LABEL, TRAINED, CLASS = "object_id", "timestep", "labelimage_oid", "User Label", "Predicted Class"
KEYS = (OBJECT, TIME, LABEL, TRAINED, CLASS)
SIZE = "Size in pixels"
CENTRE = ("Center of the object_0", "Center of the object_1", "Center of the object_2")
"""x, y, z; counted from the centre of the first pixel."""
CORNER = ("Bounding Box Minimum_0", "Bounding Box Minimum_1", "Bounding Box Minimum_2")
"""x, y, z; the first pixel is 0."""
UNTRAINED = ("", "0", "None")
"""What stands where an object was not labelled, or not classified."""
MEASUREMENTS = {SIZE: "area", CORNER[0]: "left", CORNER[1]: "top", CORNER[2]: "front"}
"""Those of the catalogue whose numbers are the same."""
INTENSITIES = {"Mean Intensity": "mean", "Minimum intensity": "min", "Maximum intensity": "max", "Total Intensity": "sum"}
"""The same for images of one channel; several channels have _0, _1, ... behind these names."""
UNITS = {SIZE: "pixel"}
SEVERAL = re.compile(r"(?P<name>Mean Intensity|Minimum intensity|Maximum intensity|Total Intensity)_(?P<channel>[0-9]+)")


def measurement_of(name: str) -> tuple[str | None, str | None]:
    """(measurement of the catalogue, channel) of a column of values; None where it has none."""
    several = SEVERAL.fullmatch(name)
    if several:
        return INTENSITIES[several["name"]], several["channel"]
    return MEASUREMENTS.get(name) or INTENSITIES.get(name), None
