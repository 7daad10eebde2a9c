"""Plain columns of numbers of a Parquet file, decoded here without trust, on all cores (docs/adr/0084). Everything else is left to the guard.

A column of which anything is unusual or damaged is left out, never raised: the guard decodes it, or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from io import FileIO
from pathlib import Path

import polars as pl

from segue.codecs.parquet_layout import LONGEST, Numbers, number_columns
from segue.codecs.parquet_pages import ODD, numbers
from segue.codecs.parquet_unpack import KNOWN
from segue.storage.source import Source
from segue.tasks.workers import Threads


def candidates(source: Source, columns: Collection[str] | None = None) -> dict[str, Numbers]:
    """The columns that look as if they can be decoded here.

    Parameters
    ----------
    source
        The file; it ends in the length of a footer that lies within it.
    columns
        Names of those that are wanted; None = all.
    """
    with source.path.open("rb") as file:
        file.seek(source.size - 8)
        length = int.from_bytes(file.read(8)[:4], "little")
        if length > min(LONGEST, source.size - 12):
            return {}
        file.seek(source.size - 8 - length)
        footer = file.read(length)
    try:
        found = number_columns(footer, source.size - 8 - length)
    except ODD:
        return {}
    known = {name: column for name, column in found.items() if all(chunk.codec in KNOWN for chunk in column.chunks)}
    return known if columns is None else {name: column for name, column in known.items() if name in set(columns)}


def decoded(source: Source, columns: dict[str, Numbers]) -> dict[str, pl.Series]:
    """Those of the columns that can be decoded.

    Memory: the columns once, and on each thread a chunk of one.
    """
    return {series.name: series for series in Threads().run(partial(_decoded, path=source.path), columns.items()) if series is not None}


def _decoded(item: tuple[str, Numbers], path: Path) -> pl.Series | None:
    name, column = item
    try:
        with path.open("rb", buffering=0) as file:  # each its own: threads that share one wait for each other
            values, present = numbers(column, partial(_read, file))
    except (*ODD, OSError):
        return None
    series = pl.Series(name, values)
    return series if present is None else pl.select(pl.when(pl.Series(present)).then(series).alias(name)).to_series()


def _read(file: FileIO, begin: int, length: int) -> bytes:
    file.seek(begin)
    return file.read(length)
