"""The rows of a text table, parsed by polars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs.delimited_lines import Ints
from segue.codecs.delimited_sniff import Dialect, Sniffed

LARGE = 1 << 20
"""Bytes below which numbers are not worth a shorter way."""
BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError)
"""What polars raises on text that it cannot parse."""
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+[.,][0-9]*|[.,][0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|NaN|inf)")
_EXACT = 2.0**53
_MARK = b"\xef\xbb\xbf"
Text = bytes | mmap


@dataclass(frozen=True)
class Body:
    """Everything below the header."""

    data: Text
    """The whole text, UTF-8; quotes are those of RFC 4180."""
    begin: int
    """Where the header ends."""
    quotes: Ints
    """Where they are."""
    dialect: Dialect
    decimals: Sequence[int] = ()
    """Columns that may come as numbers."""
    path: Path | None = None
    """The file that is this text byte for byte, if there is one."""

    @property
    def text(self) -> memoryview:
        return memoryview(self.data)[self.begin :]

    def parsed(self, width: int) -> pl.DataFrame:
        """The columns, named "0", "1", ...; rows that are too short are filled with null.

        Raises
        ------
        Whatever is in ``BROKEN``: a row has more than ``width`` cells.
        """
        if not len(self.text):
            return pl.DataFrame(schema={str(nth): pl.Utf8 for nth in range(width)})
        try:
            frame = self._read(width, [nth for nth in self.decimals if nth < width])
        except BROKEN:
            if not self.decimals:
                raise
            return self._read(width)
        unsure = _perhaps_inexact(frame)
        return frame.with_columns(self._read(width, columns=unsure)) if unsure else frame

    def _patterned(self) -> bool:
        """Whether polars before 2.0 would refuse to read single columns of a file with this name."""
        return re.search(r"[*?\[]", str(self.path)) is not None

    def _read(self, width: int, decimals: Sequence[int] = (), columns: list[str] | None = None) -> pl.DataFrame:
        """The columns as texts, some as numbers. The header is passed over by its lines, so that the text is not copied."""
        schema: dict[str, type[pl.DataType]] = {str(nth): pl.Float64 if nth in decimals else pl.Utf8 for nth in range(width)}
        settings: dict[str, Any] = {
            "separator": self.dialect.delimiter,
            "columns": None if columns is None else [int(name) for name in columns],
            "decimal_comma": bool(decimals) and self.dialect.decimal == ",",
        }
        if self.data[self.begin : self.begin + 3] != _MARK:  # polars would take the first character of a name for a byte order mark
            above = self.data[: self.begin].count(b"\n")
            what = self.data if isinstance(self.data, bytes) else self.path if columns is None or not self._patterned() else None
            try:
                return pl.read_csv(what or bytes(self.data), has_header=False, skip_lines=above, schema=schema, glob=False, **settings)
            except (pl.exceptions.SchemaError, pl.exceptions.ComputeError) as error:
                if isinstance(error, pl.exceptions.ComputeError) and not (isinstance(what, Path) and "more fields" in str(error)):
                    raise
            # the first row has fewer cells than others: polars (before 2.0 only of a file) needs a line that has them all
        top = (self.dialect.delimiter.join(schema) + "\n").encode()
        return pl.read_csv(b"".join([top, self.text]), infer_schema=False, schema_overrides=schema, **settings)


def _perhaps_inexact(frame: pl.DataFrame) -> list[str]:
    """The columns of numbers among which are some that stand for several whole numbers.

    Where the sum of squares is small, every number is: that takes less time than asking for both extremes, which tell where it is not.
    """
    floats = frame.lazy().select(pl.col(pl.Float64))
    squares = floats.select((pl.all() * pl.all()).sum()).collect()
    large = [name for name in squares.columns if not squares[name].item() < _EXACT**2 / 2]  # NaN is not
    lowest, highest = frame.lazy().select(large).min().collect(), frame.lazy().select(large).max().collect()
    return [name for name in large if max(-(lowest[name].item() or 0), highest[name].item() or 0) >= _EXACT]


def decimal_columns(found: Sniffed) -> list[int]:
    """The columns in whose first rows stand only numbers, and one with a decimal mark."""
    mark, other = found.dialect.decimal, "." if found.dialect.decimal == "," else ","
    chosen = []
    for nth in range(found.width):
        cells = [row[nth] for row in found.rows if nth < len(row) and row[nth] is not None]
        numbers = all(cell is not None and other not in cell and _DECIMAL.fullmatch(cell) for cell in cells)
        if numbers and any(mark in (cell or "") for cell in cells):
            chosen.append(nth)
    return chosen
