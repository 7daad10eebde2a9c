"""Writing a table of objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import BinaryIO, cast

import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.formats.options import Options
from segue.formats.table.fit import beyond_sheet
from segue.formats.table.flat import Flat, flat
from segue.formats.table.options import WriteOptions
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study as one table.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    table = flat(study, chosen)
    with sink.open() as file:
        if chosen.container == "parquet":
            _parquet(table, file)
        elif chosen.container == "xlsx":
            _xlsx(table, file)
        else:
            with _maybe_packed(file, packed=chosen.packed) as inner:
                _text(table, inner, chosen)


def _text(table: Flat, file: BinaryIO, options: WriteOptions) -> None:
    comma = options.decimal == "comma"
    first = len(table.names) - table.values
    columns = [*table.columns[:first], *(_undefined(one, options, comma=comma) for one in table.columns[first:])]
    write_delimited(
        file,
        pl.DataFrame([column.alias(str(nth)) for nth, column in enumerate(columns)]),
        delimiter="\t" if options.container == "tsv" else ";" if comma else ",",
        decimal="," if comma else ".",
        bom=options.bom,
        newline="\n" if options.newline == "lf" else "\r\n",
        header=[table.names],
    )


def _undefined(column: pl.Series, options: WriteOptions, *, comma: bool) -> pl.Series:
    """A column of numbers with the mark for missing ones; texts stay as they are."""
    if options.undefined == "" or not column.dtype.is_numeric() or not column.null_count():
        return column
    if options.undefined == "NaN" and column.null_count() == column.len():
        return column  # nothing says that it is a column of numbers
    texts = column.cast(pl.Utf8)
    texts = texts.str.replace(".", ",", literal=True) if comma else texts
    return texts.fill_null(options.undefined)


def _parquet(table: Flat, file: BinaryIO) -> None:
    from segue.codecs.json_text import dumps
    from segue.codecs.parquet import encode_into

    first = len(table.names) - table.values
    columns = [{**asdict(fact), "name": name} for fact, name in zip(table.facts, table.names[first:], strict=True)]
    stated = dumps({"table": table.table, "columns": columns}).decode()
    frame = pl.DataFrame(dict(zip(table.names, table.columns, strict=True)))
    encode_into(file, frame, {"segue": stated})


def _xlsx(table: Flat, file: BinaryIO) -> None:
    from segue.codecs.xlsx_write import write_xlsx

    write_xlsx(file, table.names, [beyond_sheet(column) for column in table.columns], "objects")


@contextmanager
def _maybe_packed(file: BinaryIO, *, packed: bool) -> Iterator[BinaryIO]:
    """The file itself, or gzip around it: without a name and a time, so that equal tables are equal bytes."""
    if not packed:
        yield file
        return
    import gzip

    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as inner:
        yield cast(BinaryIO, inner)
