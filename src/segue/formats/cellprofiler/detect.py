"""Is it a table, or the folder, of CellProfiler's ExportToSpreadsheet?"""

from __future__ import annotations

from segue.formats.cellprofiler.files import SUFFIXES, in_folder, look
from segue.formats.format import Evidence
from segue.storage.source import Source

_NO = Evidence(0, "no column is called ImageNumber")


def detect(source: Source) -> Evidence:
    """By the names of columns, of a folder in its tables."""
    if source.is_folder:
        return _folder(source)
    if source.path.suffix.lower() not in SUFFIXES:
        return _NO
    file = look(source.path)
    if file is None:
        return _NO
    if file.kind == "experiment":
        shown = file.prefix is not None
        return Evidence(80 if shown else 0, "it is named like CellProfiler's table about the experiment" if shown else "its columns are Key and Value")
    return Evidence(98 if file.sure else 70, f"it has the columns of CellProfiler's table of {_WHAT[file.kind]}")


_WHAT = {"image": "images", "objects": "objects", "combined": "objects of several types", "relations": "relationships"}


def _folder(source: Source) -> Evidence:
    try:
        found = in_folder(source.path)
    except OSError:
        return Evidence(0, "the folder cannot be looked at")
    tables = [file for file in found if file.kind != "experiment" and (file.sure or file.prefix is not None)]
    whole = any(file.kind in ("image", "relations") and file.prefix is not None for file in tables)
    if not whole:
        return Evidence(0, "no table in it is CellProfiler's of images")
    return Evidence(97, f"it holds {len(tables)} {'table' if len(tables) == 1 else 'tables'} of CellProfiler")
