"""A table of statistics of Mantis Viewer -> study."""

from __future__ import annotations

from collections import Counter

import polars as pl

from segue.codecs.delimited import Delimited, read_delimited
from segue.codecs.delimited_numbers import MISSING
from segue.errors import WrongFormat
from segue.formats.cell_files import usable
from segue.formats.mantis_statistics.parse import parsed
from segue.formats.mantis_statistics.sheet import POPULATIONS, SEGMENT, Sheet, X, Y
from segue.formats.options import Options
from segue.model.frames import taken
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the segments, their values, centroids and populations. Memory: the table two or three times.

    Raises
    ------
    SourceError
        It is no text table whose first column is ``Segment ID``.
    """
    found = read_delimited(source, header_rows=1, floats=True)
    columns = found.columns.get_columns()
    if columns and not columns[0].dtype == columns[-1].dtype == pl.Utf8:
        found = read_delimited(source, header_rows=1)  # labels with decimals, or populations that are called like numbers: their texts count
    if not found.names or found.names[0].strip() != SEGMENT:
        raise WrongFormat(f"{source.path} does not begin with a column {SEGMENT}, as statistics of Mantis Viewer do", path=source.path, expected=SEGMENT)
    mended = Counter(what for _, what in found.repairs)
    notes = [Note(Kind.REPAIRED, f"{what} ({{count row}})", count=count) for what, count in mended.items()]
    return parsed(_sheet(found, notes)), Notes(tuple(notes))


def _sheet(found: Delimited, notes: list[Note]) -> Sheet:
    """The columns by their places: Mantis Viewer's own stand at the ends, and a feature may be called as one of them is."""
    names, columns = list(found.names), found.columns.get_columns()
    populations = columns.pop() if names[-1] == POPULATIONS and names.pop() else pl.Series([None], dtype=pl.Utf8).new_from_index(0, found.columns.height)
    placed = names[-2:] == [X, Y]
    x, y = columns[-2:] if placed else (populations.clear().extend_constant(None, found.columns.height),) * 2
    end = -2 if placed else len(names)
    labels, kept = _labels(columns[0], notes)
    values = [_numbers(column, notes).alias(name) for column, name in zip(columns[1:end], usable(names[1:end], ()), strict=True)]
    order = pl.DataFrame({"label": labels, "kept": kept}).sort("label")["kept"]
    ready = [taken(column, order) for column in values]
    return Sheet(labels.sort(), tuple(ready), _whole(x, X, notes).gather(order), _whole(y, Y, notes).gather(order), populations.gather(order))


def _labels(texts: pl.Series, notes: list[Note]) -> tuple[pl.Series, pl.Series]:
    """The labels, and their rows; a row without a label of its own is passed over."""
    labels = texts.str.strip_chars().str.replace(r"\.0+$", "").cast(pl.UInt64, strict=False)
    usable = labels.is_not_null() & labels.is_first_distinct()
    wrong = int((~usable).sum())
    if wrong:
        first = usable.not_().arg_true()[0] + 2
        notes.append(Note(Kind.SKIPPED, f"{{count row}} without a {SEGMENT}, or with one that was there before; the first is line {first}", count=wrong))
    return labels.filter(usable), usable.arg_true()


def _numbers(texts: pl.Series, notes: list[Note]) -> pl.Series:
    if texts.dtype != pl.Utf8:
        return texts
    stripped = texts.str.strip_chars()
    found = stripped.cast(pl.Float64, strict=False)
    missing = stripped.is_in([*MISSING, ""]).fill_null(value=True)
    wrong = int((found.is_null() & ~missing).sum())
    if wrong:
        notes.append(Note(Kind.SKIPPED, f"{{count value}} of {texts.name} that are not numbers", count=wrong))
    return found


def _whole(texts: pl.Series, name: str, notes: list[Note]) -> pl.Series:
    found = _numbers(texts.alias(name), notes)
    return found.set(~found.is_finite() | (found.abs() >= 2.0**53), None).floor().cast(pl.Int64).alias(name)
