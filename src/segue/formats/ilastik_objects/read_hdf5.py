"""The table as HDF5: a compound data set, and the pixels of each object in a group of its number."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segue.codecs.hdf5_safe import inner, is_data, opened, shape
from segue.errors import WrongFormat
from segue.formats.cell_files import usable
from segue.formats.ilastik_objects.crops import crops_of
from segue.formats.ilastik_objects.raw import Crops, Raw
from segue.formats.ilastik_objects.terms import KEYS, LABEL
from segue.notes import Note, Notes
from segue.storage.source import Source


def read_hdf5(source: Source, *, crops: bool) -> Raw:
    """Read the HDF5 file.

    Raises
    ------
    SourceError
        It is damaged, or holds no such table.
    """
    notes: list[Note] = []
    with opened(source) as file:
        table = inner(file, "table")
        if not is_data(table) or LABEL not in (table.dtype.names or ()):
            raise WrongFormat(f"{source.path} has no table with a column {LABEL}", path=source.path, expected=LABEL)
        if len(shape(table)) != 1:
            raise ValueError("its table has several axes")
        records = table[()]
        columns = {name: _column(records[name]) for name in records.dtype.names}
        places = crops_of(file, columns, notes) if crops else Crops()
    keys = {name: column for name, column in columns.items() if name in KEYS}
    rest = [name for name in columns if name not in KEYS]
    values = [columns[name].alias(new) for name, new in zip(rest, usable(rest, KEYS), strict=True)]
    return Raw(keys, values, places, Notes(tuple(notes)))


def _column(values: np.ndarray[Any, Any]) -> pl.Series:
    """One field as numbers or texts."""
    if values.ndim != 1:
        raise ValueError("a column of its table holds arrays")
    if values.dtype.kind in "iu":
        return pl.Series(values.astype(np.int64))
    if values.dtype.kind in "fb":
        return pl.Series(values.astype(np.float64 if values.dtype.kind == "f" else np.bool_))
    if values.dtype.kind in "SO":
        return pl.Series([one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in values.tolist()], dtype=pl.Utf8)
    raise ValueError(f"a column of its table is of {values.dtype}")
