"""Recognising HDF5 with pictures."""

from __future__ import annotations

from segue.codecs.hdf5_pixels import describe
from segue.codecs.hdf5_safe import MAGIC
from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    if source.head(8) != MAGIC:
        return Evidence(0, "it does not start like an HDF5 file")
    try:
        found = describe(source)
    except SegueError:
        return Evidence(30, "it starts like an HDF5 file")
    if any("axistags" in one.attributes for one in found):
        return Evidence(85, "it is HDF5 with axistags, as ilastik writes them")
    if any(len(one.shape) >= 2 for one in found):
        return Evidence(75, "it is HDF5 with arrays of numbers")
    return Evidence(30, "it is HDF5 without a picture")
