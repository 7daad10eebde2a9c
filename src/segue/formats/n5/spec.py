"""The record of N5, as ilastik writes it."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import NUMBERS, Holds
from segue.model.features import Feature

FORMAT = Format(
    name="n5",
    title="N5",
    suffixes=(".n5",),
    summary="a folder of arrays of any size, a file per block; axes, pixel sizes and range as ilastik has them",
    specification=Reference("N5 file system specification, ilastik (z5py and lazyflow)", "4.0.0", "2026-11-21"),
    detect="segue.formats.n5.detect:detect",
    reader="segue.formats.n5.read:read",
    fit="segue.formats.n5.fit:fit",
    writer="segue.formats.n5.write:write",
    read_options="segue.formats.n5.options:ReadOptions",
    write_options="segue.formats.n5.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    folder=True,
    identity="the label numbers are the pixel values; ids and names of objects have no place",
    opened_by=("ilastik", "Fiji (N5 plugins, BigDataViewer)", "neuroglancer", "Paintera", "Python (z5py, tensorstore)"),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes without a picture are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact("a container holds one picture: labels before images, the first before others", limit=Limit(at_most=1, dtypes=NUMBERS)),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0, numbers of 16 bits with a point get 32", limit=Limit(dtypes=NUMBERS)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact("a container holds one picture: labels before images, the first before others", limit=Limit(at_most=1)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    },
    blocks="segue.formats.n5.write:blocks",
    holds=Holds(instead="choose another number type"),
    aliases={"n5": {"compression": "none"}, "compressed n5": {"compression": "gzip"}},
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
