"""The record of PNG."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import Holds
from segue.formats.plane_files.limits import INSTEAD, PLANE_TYPES
from segue.model.features import Feature

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
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("one plane: more z planes or time points are refused", limit=Limit(axes="yx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact(
            "other number types, more planes and more than four channels are refused: write TIFF",
            limit=Limit(at_most=1, dtypes=PLANE_TYPES, axes="cyx"),
        ),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0", limit=Limit(dtypes=PLANE_TYPES)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact("more planes and labels above 65,535 are refused: write TIFF", limit=Limit(at_most=1, axes="yx", lowest=0, highest=65_535)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    },
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
