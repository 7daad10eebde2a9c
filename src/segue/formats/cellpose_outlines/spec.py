"""The record of Cellpose's outlines as text."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

MOST_LABELS = 1_000_000
"""Label numbers up to this keep their line; it bounds how many blank lines there can be."""
FARTHEST = 1 << 30
"""Pixels: vertices beyond are no places in an image."""
_AREAS = tuple(Feature[name] for name in "RECTANGLE ROTATED_RECTANGLE OVAL ELLIPSE POLYGON FREEHAND SPLINE MASK".split())
_PIXELS = "its pixels: the largest piece, holes filled, in whole pixels"

FORMAT = Format(
    name="cellpose-outlines",
    title="Cellpose outlines (text)",
    suffixes=("_cp_outlines.txt",),
    summary="Cellpose's _cp_outlines.txt for its ImageJ macro: the border pixels of one object per line",
    specification=Reference(
        "cellpose: cellpose/io.py (outlines_to_text), cellpose/utils.py (outlines_list), imagej_roi_converter.py", "4.0 (849ca11f)", "2026-11-21"
    ),
    detect="segue.formats.cellpose_outlines.detect:detect",
    reader="segue.formats.cellpose_outlines.read:read",
    fit="segue.formats.cellpose_outlines.fit:fit",
    writer="segue.formats.cellpose_outlines.write:write",
    read_options="segue.formats.cellpose_outlines.options:ReadOptions",
    write_options="segue.formats.cellpose_outlines.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="the number of the line is the label; ids and names have no place",
    opened_by=("Fiji and ImageJ (with Cellpose's imagej_roi_converter.py)", "Python (one line, one outline)"),
    keeps={
        Feature.OBJECTS: exact("the first area of each object; objects without an area have no line", limit=Limit(lowest=1, at_most=1)),
        Feature.OBJECT_LABEL: exact(
            f"the number of the line; labels above {MOST_LABELS:,} and objects without one get the next free numbers",
            limit=Limit(highest=MOST_LABELS, choices=("always",)),
        ),
        **dict.fromkeys(_AREAS, approximate(_PIXELS)),
        Feature.TRACED: exact(
            "the largest piece, holes filled, in whole pixels", limit=Limit(grid=1, lowest=-FARTHEST, highest=FARTHEST, at_most=1, choices=("no holes",))
        ),
    },
)
