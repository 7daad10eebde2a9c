"""Reading a table of objects."""

from __future__ import annotations

from typing import cast

from segue.errors import UnsupportedVariant
from segue.formats.options import Options
from segue.formats.table.assemble import assembled, refuse_repeated
from segue.formats.table.options import ReadOptions
from segue.formats.table.raw import Raw
from segue.formats.table.take_apart import taken_apart
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read CSV, TSV, Parquet or XLSX, whatever the file is called: a row is an object.

    Memory: the table two or three times.

    Raises
    ------
    SourceError
        It is no table, damaged, or too large.
    Incompatible
        Ids or labels occur twice, and the option ``repeated`` is ``error``.
    InvalidOption
        An option names a column that is not there, or that holds something else.
    """
    chosen = cast("ReadOptions", options)
    parts, notes = taken_apart(_raw(source, chosen), chosen)
    if chosen.repeated == "error":
        refuse_repeated(parts, source.path)
    study, more = assembled(parts)
    return study, notes + more


def _raw(source: Source, options: ReadOptions) -> Raw:
    head = source.head(4)
    if head == b"PAR1":
        from segue.formats.table.read_parquet import read_parquet

        return read_parquet(source, options)
    if head == b"\xd0\xcf\x11\xe0":
        sentence = f"{source.path} is an old spreadsheet (.xls), or one with a password; save it as .xlsx without a password, or as .csv"
        raise UnsupportedVariant(sentence, path=source.path)
    if head[:2] == b"PK":
        from segue.formats.table.read_xlsx import read_xlsx

        return read_xlsx(source, options)
    from segue.formats.table.read_text import read_text

    return read_text(source, options)
