"""A table as the bytes of a file: 50,000 rows are in memory as text at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import QUOTED
from segue.formats.nimbus_files.tables.options import WriteOptions
from segue.formats.nimbus_files.tables.texts import python_texts

_BLOCK = 50_000


def pieces(flat: Flat, options: WriteOptions) -> Iterator[bytes]:
    """The bytes of a table, block by block."""
    escaped = options.dialect == "rfc4180"
    quoted = [_is_quoted(flat, nth) for nth in range(len(flat.names))]
    yield (options.separator.join(header(flat, quoted, options)) + "\n").encode()
    for first in range(0, flat.height, _BLOCK):
        cells = [
            _cells(column.slice(first, _BLOCK), options.undefined if nth >= flat.fixed else "", options.separator, always=always, escaped=escaped)
            for nth, (column, always) in enumerate(zip(flat.columns, quoted, strict=True))
        ]
        lines = pl.select(pl.concat_str(cells, separator=options.separator)).to_series()
        yield ("\n".join(lines) + "\n").encode()


def _is_quoted(flat: Flat, nth: int) -> bool:
    """Whether all cells of a column are quoted: texts that NimbusImage has of every annotation, and properties with a comma in their name."""
    if nth < flat.fixed:
        return flat.names[nth] in QUOTED and flat.columns[nth].dtype == pl.Utf8
    return "," in flat.names[nth]


def header(flat: Flat, quoted: list[bool], options: WriteOptions) -> list[str]:
    """The cells of the header."""
    if options.dialect == "nimbus":
        return [f'"{name}"' if always else name for name, always in zip(flat.names, quoted, strict=True)]
    return [
        _quoted(name) if always or any(mark in name for mark in f'{options.separator}"\r\n') else name for name, always in zip(flat.names, quoted, strict=True)
    ]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _cells(values: pl.Series, missing: str, separator: str, *, always: bool, escaped: bool) -> pl.Series:
    """The cells of a column as they stand in the file."""
    texts = python_texts(values.alias("cell")).fill_null(missing)
    if not always and (not escaped or values.dtype != pl.Utf8):
        return texts
    inside = pl.concat_str(pl.lit('"'), texts.str.replace_all('"', '""', literal=True), pl.lit('"'))
    if always:
        return pl.select(inside.alias("cell")).to_series()
    needed = texts.str.contains(f'[{separator}"\r\n]')
    return pl.select(pl.when(needed).then(inside).otherwise(texts).alias("cell")).to_series()
