"""A table of mcquant -> study."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.errors import Malformed
from segue.formats.cell_files import cell_numbers, read_cells
from segue.formats.mcquant.assemble import assembled
from segue.formats.mcquant.names import CELL, KEYS, X, Y
from segue.formats.mcquant.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the cells, their centroids and values.

    Raises
    ------
    SourceError
        It is no text table with a column CellID of different whole numbers.
    """
    found = read_cells(source, KEYS, CELL)
    cells = cell_numbers(found.keys[CELL].alias(CELL), source)
    if cells.is_duplicated().any():
        twice = cells.filter(cells.is_duplicated())[0]
        raise Malformed(f"{source.path}: two rows have the {CELL} {twice}; tables of several images are read one by one", path=source.path, position=CELL)
    x, y = (_coordinates(found.keys.get(name), name, len(cells), source) for name in (X, Y))
    return Study((assembled(cells, x, y, found.values, cast("ReadOptions", options).layer),)), found.notes


def _coordinates(column: pl.Series | None, name: str, count: int, source: Source) -> pl.Series:
    if column is None:
        return pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count)
    if not column.dtype.is_numeric():
        raise Malformed(f"{source.path}: column {name} holds something else than numbers", path=source.path, position=f"column {name}")
    return column.cast(pl.Float64)
