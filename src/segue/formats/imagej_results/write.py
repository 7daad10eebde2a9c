"""Writing a results table, byte for byte as ImageJ does."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.formats.imagej_results.headings import LABEL, NUMBER
from segue.formats.imagej_results.options import WriteOptions
from segue.formats.imagej_results.render import rendered
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study. UTF-8, lines end in ``\\n``; texts with a comma are quoted in CSV, as ImageJ does.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    sheet = rendered(study, chosen)
    comma = chosen.separator == "comma"
    delimiter = "," if comma else "\t"
    heads = [NUMBER] * (sheet.numbers is not None) + [LABEL] * (sheet.labels is not None) + [*sheet.names]
    columns = [column for column in (sheet.numbers, sheet.labels) if column is not None] + [_quoted(column) if comma else column for column in sheet.columns]
    with sink.open() as file:
        if chosen.headers:
            file.write((delimiter.join(heads) + "\n").encode())
        if columns and sheet.height:
            frame = pl.DataFrame([column.alias(str(nth)) for nth, column in enumerate(columns)])
            frame.write_csv(file, include_header=False, separator=delimiter, quote_style="never")


def _quoted(column: pl.Series) -> pl.Series:
    """A column with quotes around what holds a comma."""
    odd = column.str.contains(",", literal=True).fill_null(value=False)
    return pl.select(pl.when(odd).then(pl.concat_str(pl.lit('"'), column, pl.lit('"'))).otherwise(column)).to_series() if odd.any() else column
