"""A table as the bytes of a file: a few blocks of 50,000 rows are in memory as text at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from segue.codecs.delimited_cells import lines, quoted
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import QUOTED
from segue.formats.nimbus_files.tables.options import WriteOptions
from segue.formats.nimbus_files.tables.texts import python_texts
from segue.tasks.workers import Threads

_BLOCK = 50_000


def pieces(flat: Flat, options: WriteOptions) -> Iterator[bytes]:
    """The bytes of a table, block by block."""
    always = [_is_quoted(flat, nth) for nth in range(len(flat.names))]
    yield (options.separator.join(header(flat, always, options)) + "\n").encode()
    threads = Threads(1 if flat.height <= _BLOCK else None)
    yield from threads.run(partial(_lines, flat, always, options), range(0, flat.height, _BLOCK))


def _lines(flat: Flat, always: list[bool], options: WriteOptions, first: int) -> bytes:
    """The rows of a block."""
    every = all(is_quoted or column.dtype.is_numeric() for column, is_quoted in zip(flat.columns, always, strict=True))
    cells = [
        _cells(column.slice(first, _BLOCK), options.undefined if nth >= flat.fixed else "", options, always=is_quoted, later=every)
        for nth, (column, is_quoted) in enumerate(zip(flat.columns, always, strict=True))
    ]
    return lines(cells, options.separator, options.undefined, quote=every)


def _is_quoted(flat: Flat, nth: int) -> bool:
    """Whether all cells of a column are quoted: texts that NimbusImage has of every annotation, and properties with a comma in their name."""
    if nth < flat.fixed:
        return flat.names[nth] in QUOTED and flat.columns[nth].dtype == pl.Utf8
    return "," in flat.names[nth]


def header(flat: Flat, always: list[bool], options: WriteOptions) -> list[str]:
    """The cells of the header."""
    if options.dialect == "nimbus":
        return [f'"{name}"' if is_quoted else name for name, is_quoted in zip(flat.names, always, strict=True)]
    return [
        _in_quotes(name) if is_quoted or any(mark in name for mark in f'{options.separator}"\r\n') else name
        for name, is_quoted in zip(flat.names, always, strict=True)
    ]


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _cells(values: pl.Series, missing: str, options: WriteOptions, *, always: bool, later: bool) -> pl.Series:
    """The cells of a column: numbers, or texts as they stand in the file; without quotation marks if they come ``later``."""
    if values.dtype.is_numeric() and not always:
        return values
    texts = python_texts(values).fill_null(missing)
    escaped = not later and (always or (options.dialect == "rfc4180" and values.dtype == pl.Utf8))
    return quoted(texts, options.separator, always=always) if escaped else texts
