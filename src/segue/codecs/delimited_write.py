"""Text tables, written: RFC 4180 by default; the same table gives the same bytes."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import BinaryIO, Literal

import polars as pl

from segue.codecs.delimited_records import quoted


def write_delimited(
    file: BinaryIO,
    frame: pl.DataFrame,
    *,
    delimiter: str = ",",
    decimal: Literal[".", ","] = ".",
    missing: str = "",
    nan: str = "NaN",
    bom: bool = False,
    newline: Literal["\n", "\r\n"] = "\n",
    header: Sequence[Sequence[str]] | None = None,
) -> None:
    """Write a table as text in UTF-8.

    Parameters
    ----------
    file
        Open for writing, at its begin.
    frame
        Numbers, texts and truth values (written as ``true`` and ``false``). Numbers of floating point are written as the shortest text that gives the
        same number, always with a decimal mark or an exponent, so that whole numbers stay apart from them; infinities are ``inf`` and ``-inf``. Empty
        texts are quoted, so that they stay apart from missing ones.
    delimiter
        One character; not the decimal mark.
    decimal
        Decimal mark.
    missing, nan
        What stands for null, and for NaN.
    bom
        Whether a byte order mark stands in front, by which Excel recognises UTF-8.
    newline
        End of a line.
    header
        Rows of names; None = the names of the columns, an empty sequence = no header.

    Raises
    ------
    ValueError
        The delimiter is the decimal mark: a bug of the caller.
    """
    if delimiter == decimal:
        raise ValueError("the delimiter and the decimal mark differ")
    if bom:
        file.write(codecs.BOM_UTF8)
    rows = [frame.columns] if header is None else header
    for nth, row in enumerate(rows):
        cells = (quoted(cell, delimiter, first=nth == place == 0) for place, cell in enumerate(row))
        file.write((delimiter.join(cells) + newline).encode())
    frame = _with_nan(frame, nan, missing, decimal)
    if frame.width and frame.height:
        frame.write_csv(
            file,
            include_header=False,
            separator=delimiter,
            line_terminator=newline,
            null_value=missing,
            decimal_comma=decimal == ",",
            quote_style="necessary",
        )


def _with_nan(frame: pl.DataFrame, nan: str, missing: str, decimal: str) -> pl.DataFrame:
    if nan == "NaN":
        return frame
    changed = [column.name for column in frame if column.dtype.is_float() and column.is_nan().any()]
    if nan == missing:
        return frame.with_columns(frame[name].fill_nan(None) for name in changed)
    return frame.with_columns(_as_text(frame[name], nan, decimal) for name in changed)


def _as_text(column: pl.Series, nan: str, decimal: str) -> pl.Series:
    text = column.cast(pl.Utf8).str.replace(".", decimal, literal=True)
    return text.set(column.is_nan().fill_null(value=False), nan)
