"""Is it of MERSCOPE?"""

from __future__ import annotations

from segue.codecs.parquet_footer import look
from segue.formats.format import Evidence
from segue.formats.merscope.folder import PARQUET, boundaries_in
from segue.storage.source import Source

_HDF5 = b"\x89HDF\r\n\x1a\n"


def detect(source: Source) -> Evidence:
    """By the columns of a table, or the group of an HDF5 file."""
    if source.is_folder:
        found = boundaries_in(source.path)
        if not found or (found[0].name == PARQUET and detect(Source(found[0])).score == 0):
            return Evidence(0, "it is a folder")
        return Evidence(98, f"it holds {found[0].name}")
    seen = look(source)
    if seen is not None:
        there = seen.has("EntityID", "ZIndex", "Geometry")
        return Evidence(99 if there else 0, "it is a table of cells on planes" if there else "it is another table")
    if source.head(8) != _HDF5:
        return Evidence(0, "it is neither Parquet nor HDF5")
    named = source.path.name.startswith("feature_data")
    return (
        Evidence(95, "it has cells on planes") if _has_features(source) else Evidence(50 if named else 0, "it is HDF5 of this name" if named else "it is HDF5")
    )


def _has_features(source: Source) -> bool:
    import h5py

    try:
        with h5py.File(source.path, "r") as file:
            return "featuredata" in file
    except (OSError, RuntimeError, KeyError, ValueError):
        return False
