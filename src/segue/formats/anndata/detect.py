"""Is it AnnData?"""

from __future__ import annotations

from segue.codecs.hdf5_safe import MAGIC
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    if source.head(8) != MAGIC:
        return Evidence(0, "it is no HDF5 file")
    from segue.codecs.hdf5_safe import attribute, names, opened
    from segue.errors import SegueError

    try:
        with opened(source) as file:
            if attribute(file, "encoding-type") == "anndata":
                return Evidence(98, "it is HDF5 that says it is AnnData")
            found = {"obs", "var"} <= set(names(file))
    except SegueError:
        return Evidence(60 if source.suffix == ".h5ad" else 0, "it is HDF5 that cannot be opened")
    return Evidence(90, "it is HDF5 with obs and var, as AnnData has them") if found else Evidence(0, "it is HDF5 of something else")
