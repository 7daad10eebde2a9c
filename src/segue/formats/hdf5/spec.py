"""The record of HDF5 with pictures, as ilastik writes it."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import NUMBERS, Holds
from segue.model.features import Feature

FORMAT = Format(
    name="hdf5",
    title="HDF5 (ilastik)",
    suffixes=(".h5", ".hdf5", ".hdf"),
    summary="arrays of any size in one file, read and written block by block; axes, pixel sizes and range as ilastik has them",
    specification=Reference("HDF5 1.14, ilastik (lazyflow's attributes, vigra's axistags)", "ilastik 1.4.2", "2026-11-21"),
    detect="segue.formats.hdf5.detect:detect",
    reader="segue.formats.hdf5.read:read",
    fit="segue.formats.hdf5.fit:fit",
    writer="segue.formats.hdf5.write:write",
    read_options="segue.formats.hdf5.options:ReadOptions",
    write_options="segue.formats.hdf5.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    identity="the label numbers are the pixel values; ids and names of objects have no place",
    opened_by=("ilastik", "Fiji (ilastik4ij, HDF5 plugin)", "napari", "MATLAB", "Python (h5py)", "R (rhdf5)"),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes without a picture are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact("a file holds one picture: labels before images, the first before others", limit=Limit(at_most=1, dtypes=NUMBERS)),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0, numbers of 16 bits with a point get 32", limit=Limit(dtypes=NUMBERS)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact("a file holds one picture: labels before images, the first before others", limit=Limit(at_most=1)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    },
    usual=(".h5", ".hdf5", ".hdf"),
    blocks="segue.formats.hdf5.write:blocks",
    holds=Holds(instead="choose another number type"),
    aliases={"hdf5": {"compression": "none"}, "compressed hdf5": {"compression": "gzip"}},
    inside=True,
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
