"""The rows of a text table, parsed by polars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segue.codecs.delimited_lines import Ints
from segue.codecs.delimited_sniff import Dialect, Sniffed

LARGE = 1 << 20
"""Bytes below which numbers are not worth a shorter way."""
BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError)
"""What polars raises on text that it cannot parse."""
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+[.,][0-9]*|[.,][0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|NaN|inf)")
_EXACT = 2.0**53


@dataclass(frozen=True)
class Body:
    """Everything below the header."""

    text: memoryview
    """UTF-8; quotes are those of RFC 4180."""
    quotes: Ints
    """Where they are."""
    dialect: Dialect
    decimals: Sequence[int] = ()
    """Columns that may come as numbers."""

    def parsed(self, width: int) -> pl.DataFrame:
        """The columns, named "0", "1", ...; rows that are too short are filled with null.

        Raises
        ------
        Whatever is in ``BROKEN``: a row has more than ``width`` cells.
        """
        if not len(self.text):
            return pl.DataFrame(schema={str(nth): pl.Utf8 for nth in range(width)})
        top = (self.dialect.delimiter.join(str(nth) for nth in range(width)) + "\n").encode()
        data = b"".join([top, self.text])
        try:
            frame = self._read(data, [str(nth) for nth in self.decimals if nth < width])
        except BROKEN:
            if not self.decimals:
                raise
            return self._read(data)
        unsure = [one.name for one in frame if one.dtype == pl.Float64 and not bool((one.is_nan() | (one.abs() < _EXACT)).all())]
        return frame.with_columns(self._read(data, columns=unsure)) if unsure else frame

    def _read(self, data: bytes, decimals: Sequence[str] = (), columns: list[str] | None = None) -> pl.DataFrame:
        return pl.read_csv(
            data,
            separator=self.dialect.delimiter,
            columns=columns,
            infer_schema=False,
            schema_overrides=dict.fromkeys(decimals, pl.Float64),
            decimal_comma=bool(decimals) and self.dialect.decimal == ",",
        )


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
