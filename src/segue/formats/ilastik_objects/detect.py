"""Is it an object table of ilastik?"""

from __future__ import annotations

from segue.codecs.hdf5_safe import BROKEN, MAGIC, inner, is_data
from segue.formats.format import Evidence
from segue.formats.ilastik_objects.terms import LABEL, OBJECT, TIME
from segue.storage.source import Source

_WANTED = {OBJECT, TIME, LABEL}


def detect(source: Source) -> Evidence:
    """By the columns that name an object."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    if source.head(8) == MAGIC:
        return _hdf5(source)
    line = source.head(1 << 16).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    names = {name.strip().strip('"') for name in line.replace("\t", ",").replace(";", ",").split(",")}
    if names >= _WANTED:
        return Evidence(97, f"it is a table with the columns {OBJECT}, {TIME} and {LABEL}")
    return Evidence(0, f"it is no table with a column {LABEL}")


def _hdf5(source: Source) -> Evidence:
    import h5py

    try:
        with h5py.File(source.path, "r") as file:
            table = inner(file, "table")
            fits = is_data(table) and set(table.dtype.names or ()) >= _WANTED
    except BROKEN:
        return Evidence(0, "it is damaged HDF5, or of another program")
    return Evidence(97, f"its table has the columns {OBJECT}, {TIME} and {LABEL}") if fits else Evidence(0, "it is HDF5 without an object table")
