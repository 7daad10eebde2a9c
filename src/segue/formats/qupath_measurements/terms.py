"""QuPath's columns: those about the object, and what the names of measurements say."""

from __future__ import annotations

import re

IMAGE, ID, TYPE, NAME, CLASS, PARENT, ROI = "Image", "Object ID", "Object type", "Name", "Classification", "Parent", "ROI"
OLD_CLASS = "Class"
"""What the column was called before QuPath 0.5 (unverified: from tables that users show)."""
SLICE, TIME = "Z-slice", "Timepoint"
CORE = ("TMA Core", "Missing core")
TEXTS = (TYPE, PARENT, ROI, *CORE)
"""Columns of texts that stay values."""
OBJECT = (IMAGE, ID, TYPE, NAME, CLASS, OLD_CLASS, PARENT, ROI)
"""By which a table is recognised."""
CENTROID = re.compile(r"Centroid (?P<axis>[XY]) (?P<unit>px|µm|um)")
WHOLE_IMAGE = ("PathRootObject", "Root object", "Root", "Image")
"""Object types of rows about the image itself."""
JOINT = ": "
"""Between the names of a derived class."""
_UNIT = re.compile(r"(?:^|.*\s)\(?(?P<unit>µm|um|px)(?:\^(?P<power>[23]))?\)?")
_PART = r"(?:(?:Nucleus|Cytoplasm|Membrane|Cell|ROI: [0-9.]+ [µu]m per pixel): )?"
_STATISTIC = r"(?:Mean|Median|Min|Max|Std\.?Dev\.?|Sum|mean|median|min|max|std dev|sum|range)"
_CHANNEL = re.compile(rf"{_PART}(?P<channel>[^:]+?):? {_STATISTIC}")
_SHAPES = (
    "Area",
    "Length",
    "Circularity",
    "Solidity",
    "Max diameter",
    "Min diameter",
    "Perimeter",
    "Distance",
    "Num ",
    "Nucleus/Cell",
    "Max caliper",
    "Min caliper",
)
"""How names begin that are about no channel."""


def tidy(name: str) -> str:
    """A heading with the micro sign that QuPath writes, whichever came out of other programs."""
    return name.replace("Âµ", "µ").replace("\u03bc", "µ").strip()


def unit_of(name: str) -> str | None:
    """The unit that a name ends with."""
    found = _UNIT.fullmatch(name)
    if found is None:
        return None
    unit = "pixel" if found["unit"] == "px" else "um"
    return f"{unit}^{found['power']}" if found["power"] else unit


def channel_of(name: str) -> str | None:
    """The channel that an intensity was measured in: ``DAPI`` of ``Nucleus: DAPI: Mean`` or ``Nucleus: DAPI mean``."""
    found = _CHANNEL.fullmatch(name)
    if found is None or found["channel"].startswith(_SHAPES):
        return None
    return found["channel"]
