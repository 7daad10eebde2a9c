"""Events that FlowJo exported as text (CSV, scale values): one row per event, named like the channels.

Its other export, channel values, holds bins of the display instead of numbers; that is refused.
"""

from __future__ import annotations

import polars as pl

from segue.codecs.delimited import MISSING, numbers, read_delimited
from segue.codecs.delimited_sniff import HEAD, sniff
from segue.codecs.delimited_text import head_of
from segue.codecs.flow_bins import binned, rounded
from segue.errors import Incompatible, UnsupportedVariant
from segue.formats.fcs.events import Array, Events
from segue.formats.fcs.names import IMAGE, LABELS, PREFIXES, well_known
from segue.notes import Kind, Note
from segue.storage.source import Source


def looks_exported(source: Source) -> bool:
    """Whether it is a text table with the channels of a file that segue wrote, or with names as FlowJo decorates them."""
    found = sniff(source) if _may_be(source) else None
    if found is None or not found.header or found.width < 2:
        return False
    names = [name for name in found.names if name]
    roles = {known.role for name in names if (known := well_known(name)) is not None}
    decorated = any("::" in name or name.startswith(PREFIXES) for name in names)
    plain = {name.casefold() for name in names}
    return "label" in roles and "id" not in plain and (decorated or bool({IMAGE, *LABELS[1:]} & plain))


def _may_be(source: Source) -> bool:
    """Whether its first lines hold a word that such a file has: sniffing every text table costs milliseconds."""
    found = head_of(source, HEAD) if not source.is_folder else None
    text = found[0].decode(errors="replace").casefold() if found else ""
    return any(word.casefold() in text for word in ("::", *PREFIXES, IMAGE, *LABELS[1:]))


def exported_events(source: Source, notes: list[Note]) -> Events:
    """The events of the text; columns of anything but numbers are passed over, with a note.

    Memory: the text, and its numbers in double precision.

    Raises
    ------
    SourceError
        It is no text table; it holds bins instead of numbers, or labels that were rounded.
    """
    table = read_delimited(source, header_rows=1, floats=True)
    names: list[str] = []
    columns = []
    for name, place in zip(table.names, table.columns.columns, strict=True):
        series = numbers(table.columns[place], table.dialect.decimal, MISSING)
        if series.dtype.is_numeric():
            names.append(name.strip() or f"P{len(names) + 1}")
            columns.append(series.cast(pl.Float64).to_numpy() if series.null_count() else series.to_numpy())
    if len(names) < table.columns.width:
        notes.append(Note(Kind.SKIPPED, "{count column} of the text that are not numbers", count=table.columns.width - len(names)))
    refuse_bins(columns, source)
    labels = [column for name, column in zip(names, columns, strict=True) if (known := well_known(name)) is not None and known.role in LABELS]
    if any(rounded(column) for column in labels):
        raise Incompatible(
            f"{source.path} has labels that were rounded to six digits, so it is not known which they were; export FCS instead", path=source.path
        )
    stains = [name.partition("::")[2].strip() for name in names]
    return Events(names, stains, columns)


def refuse_bins(columns: list[Array], source: Source) -> None:
    """Raise UnsupportedVariant if the columns look like bins."""
    if binned(columns):
        raise UnsupportedVariant(
            f"{source.path} holds channel values: bins of the display from 0 to 1023, from which no label can be had back; export it from FlowJo "
            "again as scale values, or as FCS (if it is a list of labels and no such export, keep only the columns that say which objects they are)",
            path=source.path,
        )
