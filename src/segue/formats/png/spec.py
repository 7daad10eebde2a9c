"""The record of PNG."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.holds import Holds
from segue.formats.plane_files.keeps import keeps
from segue.formats.plane_files.limits import INSTEAD, PLANE_TYPES

FORMAT = Format(
    name="png",
    title="PNG",
    suffixes=(".png",),
    summary="one plane of 8 or 16 bits, lossless: label images with colours, grey and colour images",
    specification=Reference("Portable Network Graphics, third edition (W3C)", "2025-06", "2026-11-20"),
    detect="segue.formats.png.detect:detect",
    reader="segue.formats.png.read:read",
    fit="segue.formats.png.fit:fit",
    writer="segue.formats.png.write:write",
    read_options="segue.formats.png.options:ReadOptions",
    write_options="segue.formats.png.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    blocks="segue.formats.png.write:blocks",
    holds=Holds(dtypes=PLANE_TYPES, most_axes=2, channels=(1, 3, 4), sequence=True, instead=INSTEAD),
    identity="the label numbers are the pixel values; ids and names of objects have no place",
    opened_by=("every viewer and browser", "Fiji and ImageJ", "QuPath", "napari", "CellProfiler", "Cellpose", "Labelme", "CVAT"),
    keeps=keeps("more than four channels"),
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
