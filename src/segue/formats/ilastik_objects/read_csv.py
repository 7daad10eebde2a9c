"""The table as CSV: one row of names, commas, nothing quoted."""

from __future__ import annotations

from segue.errors import Malformed
from segue.formats.cell_files import read_cells
from segue.formats.ilastik_objects.raw import Raw
from segue.formats.ilastik_objects.terms import CLASS, KEYS, LABEL, TRAINED
from segue.storage.source import Source


def read_csv(source: Source) -> Raw:
    """Read the CSV file.

    Raises
    ------
    SourceError
        It is no such table; or rows and headings do not fit together, as when the name of a class holds a comma.
    """
    found = read_cells(source, KEYS, LABEL, (TRAINED, CLASS))
    uneven = next((note for note in found.notes if "cells" in note.what or "header" in note.what), None)
    if uneven is not None:
        raise Malformed(
            f"{source.path}: its rows and headings do not fit together ({uneven.where}: {uneven.what}), as when the name of a class holds a comma, which "
            "ilastik does not quote; rename the class, or export the table as HDF5",
            path=source.path,
            position=uneven.where,
        )
    return Raw(found.keys, found.values, notes=found.notes)
