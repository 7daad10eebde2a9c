"""The CSV of Mantis Viewer (csv-parse 4.8.8 and csv-stringify 5.3.6): read as it is meant, written so that Mantis takes it.

Mantis refuses a whole file for an empty line, a row of another width or a stray quote, does not know a byte order mark, and takes ``;`` for a part of
the text. All that is mended here and said, with its line. What is written has none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

import polars as pl

from segue.codecs.delimited import read_delimited
from segue.codecs.delimited_sniff import Cells, sniff
from segue.storage.source import Source

DELIMITERS = (",", ";", "\t")
"""The first is Mantis' own."""
_NAMES = {";": "semicolons", "\t": "tabs"}
_QUOTED = r'[",\r\n]'
_SLICE = 1 << 20
_HEAD = 1 << 16


@dataclass(frozen=True)
class Rows:
    """The rows of a file; those of names among them, unless that was asked for."""

    columns: list[pl.Series]
    """Texts (some of a large file numbers, where that was asked for); null where a cell is empty."""
    lines: pl.Series
    """The line at which each row begins, from 1."""
    repairs: list[tuple[int, str]]
    """(line, what Mantis would not read)."""
    names: list[str] = field(default_factory=list)
    """Those in the first row, where that was asked for."""
    decimal: str = "."
    """Decimal mark; a comma only where other delimiters leave it free."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def width(self) -> int:
        return len(self.columns)


@dataclass(frozen=True)
class Sample:
    """The first rows of a file."""

    delimiter: str
    rows: tuple[Cells, ...]
    share: float
    """Of the rows, how many are as they should be."""


def sample(source: Source, fits: Callable[[Cells], bool]) -> Sample | None:
    """The first rows, cut by the delimiter by which most rows are as they should be; None = it is not text, or empty.

    Parameters
    ----------
    source
        The file.
    fits
        Whether a row is as it should be.
    """
    best = None
    head = source.head(_HEAD)
    for delimiter in (one for one in DELIMITERS if one == "," or one.encode() in head):
        rows = _first_rows(source, delimiter)
        if rows is None:
            return None
        share = sum(map(fits, rows)) / len(rows) if rows else 0.0
        if best is None or share > best.share:
            best = Sample(delimiter, rows, share)
        if share == 1:
            break
    return best


@lru_cache(maxsize=len(DELIMITERS))
def _first_rows(source: Source, delimiter: str) -> tuple[Cells, ...] | None:
    """Cut once for all formats that look at a file."""
    found = sniff(source, delimiter=delimiter, header_rows=0)
    return None if found is None else found.rows


def read_rows(source: Source, fits: Callable[[Cells], bool], *, header: bool = False) -> Rows:
    """All rows. Memory: a few times the file.

    Parameters
    ----------
    source
        The file.
    fits
        Whether a row is as it should be; decides the delimiter, if the file is cut by another one than Mantis'.
    header
        Whether the first row that is not empty holds names; then columns of a large file that are numbers may come as such, which is much faster.

    Raises
    ------
    NotFound, SourceChanged, TooLarge, UnsupportedVariant
    Malformed
        It is empty, or no table.
    """
    first = sample(source, fits)
    delimiter = "," if first is None else first.delimiter
    found = read_delimited(source, delimiter=delimiter, header_rows=int(header), lines=True, floats=header)
    lines = found.lines if found.lines is not None else pl.Series("line", [], dtype=pl.Int64)
    repairs = list(found.repairs)
    if found.dialect.bom:
        repairs.insert(0, (1, "a byte order mark"))
    if delimiter != ",":
        repairs.insert(0, (1, f"{_NAMES[delimiter]} instead of commas between the cells"))
    columns = [column.set((column == "").fill_null(value=False), None) if column.dtype == pl.Utf8 else column for column in found.columns]
    return Rows(columns, lines, repairs, list(found.names) if header else [], found.dialect.decimal if delimiter != "," else ".")


def write_rows(file: BinaryIO, columns: Sequence[pl.Series]) -> None:
    """Write rows without names, lines ending in LF, cells quoted only where they hold a comma, a quote or the end of a line.

    Parameters
    ----------
    file
        Open for writing.
    columns
        Texts or whole numbers of equal length, at least two; null is written as an empty cell.
    """
    height = len(columns[0]) if columns else 0
    for start in range(0, height, _SLICE):
        cells = [quoted(column.alias("").slice(start, _SLICE).cast(pl.Utf8)) for column in columns]  # names such as ^a$ are patterns to polars
        if not start:
            cells[0] = _without_mark(cells[0])
        frame = pl.DataFrame([cell.alias(str(nth)) for nth, cell in enumerate(cells)])
        text = frame.select(pl.concat_str(pl.all().fill_null(""), separator=",").str.join("\n")).item()
        file.write(text.encode() + b"\n")


def quoted(texts: pl.Series) -> pl.Series:
    """Cells as csv-stringify writes them; those with a carriage return are quoted as well, else it would end a line."""
    special = texts.str.contains(_QUOTED).fill_null(value=False)
    if not special.any():
        return texts
    inside = pl.concat_str(pl.lit('"'), texts.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.select(pl.when(special).then(inside).otherwise(texts)).to_series()


def _without_mark(texts: pl.Series) -> pl.Series:
    """Quotes around a text that a reader would take for a byte order mark at the begin of the file."""
    first = texts[0]
    return texts.clone().scatter(0, f'"{first}"') if first is not None and first.startswith("\ufeff") else texts
