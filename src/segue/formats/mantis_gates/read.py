"""A gates CSV of Mantis -> study."""

from __future__ import annotations

import polars as pl

from segue.codecs.javascript_numbers import numbers
from segue.codecs.mantis_csv import Rows, read_rows
from segue.errors import WrongFormat
from segue.formats.mantis_files.csv_notes import mended, told, trimmed
from segue.formats.mantis_files.names import in_range
from segue.formats.mantis_gates.columns import fits, places
from segue.formats.mantis_gates.terms import Gate, populations_of, ranged
from segue.formats.options import Options
from segue.model.rules import Range
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the gates; rows with the same name are one gate.

    Raises
    ------
    SourceError
        It is no text table, or no row of it is a range.
    """
    if not source.size:
        return Study((ImageSet(""),)), Notes.of(Note(Kind.ASSUMED, "it is empty: there is no gate"))
    rows = read_rows(source, fits)
    notes = mended(rows)
    frame = _understood(_cells(rows, notes), notes)
    if not frame.height:
        raise WrongFormat(f"{source.path} holds no gate; a row is: feature, lowest value, highest value, name of the gate", path=source.path)
    return Study((ImageSet(""),), populations_of(_gates(frame, notes))), Notes(tuple(notes))


def _cells(rows: Rows, notes: list[Note]) -> pl.DataFrame:
    first = tuple(column[0] for column in rows.columns)
    at = places(first)
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(rows))
    columns = {name: (rows.columns[place] if place < rows.width else empty).alias(name) for name, place in at.columns.items()}
    frame = pl.DataFrame(columns | {"line": rows.lines})
    if at.header:
        notes.append(Note(Kind.ASSUMED, "the first line holds the names of the columns"))
    return frame.slice(int(at.header))


def _understood(frame: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """(feature, low, high, gate or null, line) of the rows that are ranges; what was passed over or mended is noted."""
    found = frame.with_columns(feature=trimmed(frame["feature"]), low=numbers(frame["low"]), high=numbers(frame["high"]), name=trimmed(frame["gate"]))
    for condition, what in (
        (pl.col("feature").is_null(), "without a feature"),
        (pl.col("low").is_null() | pl.col("high").is_null(), "without two numbers as ends"),
    ):
        notes += told(Kind.SKIPPED, what, found.filter(condition)["line"])
        found = found.filter(~condition)
    notes += told(Kind.ASSUMED, "whose lowest value is above the highest, so that nothing is selected", found.filter(pl.col("low") > pl.col("high"))["line"])
    notes += told(Kind.REPAIRED, "with blanks around the name of the gate", found.filter((pl.col("gate") != pl.col("name")) & (pl.col("gate") != ""))["line"])
    return found.select("line", "feature", "low", "high", gate="name")


def _gates(frame: pl.DataFrame, notes: list[Note]) -> list[Gate]:
    """In the order in which their names first occur; of several ranges of a feature the last counts, as in Mantis."""
    gates: dict[str, dict[str, Range]] = {}
    again = []
    for line, feature, low, high, gate in frame.select("line", "feature", "low", "high", "gate").rows():
        terms = gates.setdefault(gate or in_range(feature, low, high), {})
        if terms.pop(feature, None) is not None:
            again.append(line)
        terms[feature] = ranged(feature, low, high)
    notes += told(Kind.CHANGED, "about a feature that their gate has already: the last range counts, as in Mantis", again)
    return [(name, tuple(terms.values())) for name, terms in gates.items()]
