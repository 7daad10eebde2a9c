"""Writing statistics, byte for byte as Mantis Viewer does."""

from __future__ import annotations

from typing import BinaryIO, cast

import polars as pl

from segue.codecs.javascript_numbers import javascript_texts
from segue.formats.mantis_statistics.options import WriteOptions
from segue.formats.mantis_statistics.render import rendered
from segue.formats.mantis_statistics.sheet import POPULATIONS, SEGMENT, Sheet, X, Y
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink

_ROWS = 1 << 16
_QUOTED = r'[",\r\n]'
"""What csv-stringify quotes; it leaves a lone carriage return bare, which no reader would take for a part of a text."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study. UTF-8, lines end in ``\\n``. Memory: the numbers once, and the texts of 65,536 rows.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    sheet = rendered(study, cast("WriteOptions", options))
    heads = pl.Series([SEGMENT, *(column.name for column in sheet.values), X, Y, POPULATIONS])
    with sink.open() as file:
        file.write((",".join(_quoted(heads)) + "\n").encode())
        for start in range(0, sheet.labels.len(), _ROWS):
            _write_rows(file, sheet, start)


def _write_rows(file: BinaryIO, sheet: Sheet, start: int) -> None:
    numbers = [column.slice(start, _ROWS) for column in (sheet.labels, *sheet.values, sheet.x, sheet.y)]
    texts = [javascript_texts(column) for column in numbers] + [_quoted(sheet.populations.slice(start, _ROWS))]
    frame = pl.DataFrame([column.alias(str(nth)) for nth, column in enumerate(texts)])
    frame.write_csv(file, include_header=False, quote_style="never")


def _quoted(column: pl.Series) -> pl.Series:
    """A column with quotes around what needs them, and quotes doubled."""
    odd = column.str.contains(_QUOTED).fill_null(value=False)
    if not odd.any():
        return column
    quoted = pl.concat_str(pl.lit('"'), column.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.select(pl.when(odd).then(quoted).otherwise(column)).to_series()
