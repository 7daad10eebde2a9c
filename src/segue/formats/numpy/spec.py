"""The record of NumPy's files."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import NUMBERS, Holds
from segue.model.features import Feature

PIXEL_TYPES = ("bool", "uint8", "int8", "uint16", "int16", "float16", "float32", "float64")
"""Images keep these. In this format whole numbers of 32 and 64 bits are label images, because nothing else in the file could tell."""

FORMAT = Format(
    name="numpy",
    title="NumPy",
    suffixes=(".npy", ".npz"),
    summary="one bare array: the quickest way into Python; an archive (.npz) of several is read, too",
    specification=Reference("numpy.lib.format, versions 1.0 to 3.0", "2.4", "2026-11-20"),
    detect="segue.formats.numpy.detect:detect",
    reader="segue.formats.numpy.read:read",
    fit="segue.formats.numpy.fit:fit",
    writer="segue.formats.numpy.write:write",
    read_options="segue.formats.numpy.options:ReadOptions",
    write_options="segue.formats.numpy.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    blocks="segue.formats.numpy.write:blocks",
    holds=Holds(dtypes=("bool", *NUMBERS, "float16")),
    identity="the label numbers are the values; ids and names of objects have no place",
    opened_by=("Python (NumPy, scikit-image, cellpose)", "Julia", "MATLAB (npy-matlab)", "R (RcppCNPy)"),
    keeps={
        Feature.GRID_SIZE: exact(),
        Feature.IMAGES: exact("a file holds one array: labels before images, the first before others", limit=Limit(at_most=1, dtypes=PIXEL_TYPES)),
        Feature.PIXEL_TYPE: exact("whole numbers of 32 and 64 bits become floats, so that they are not taken for labels", limit=Limit(dtypes=PIXEL_TYPES)),
        Feature.LABELS: exact("a file holds one array: labels before images, the first before others", limit=Limit(at_most=1)),
        Feature.OBJECTS: approximate("the label numbers in the array are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the array are the objects"),
    },
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
LABEL_AXES = {2: "yx", 3: "zyx", 4: "tzyx"}
IMAGE_AXES = {2: "yx", 3: "cyx", 4: "zcyx", 5: "tzcyx"}
"""Dimensions -> axes. The writer adds axes of size 1 so that this is always right."""
