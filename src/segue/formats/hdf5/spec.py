"""The record of HDF5 with pictures, as ilastik writes it."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.holds import Holds
from segue.formats.ilastik_files.keeps import keeps

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
    keeps=keeps("a file"),
    usual=(".h5", ".hdf5", ".hdf"),
    blocks="segue.formats.hdf5.write:blocks",
    holds=Holds(instead="choose another number type"),
    aliases={"hdf5": {"compression": "none"}, "compressed hdf5": {"compression": "gzip"}},
    inside=True,
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
