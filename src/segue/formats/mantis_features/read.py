"""A feature CSV of Mantis -> study."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.javascript_numbers import leading_numbers, trim, whole_numbers
from segue.codecs.mantis_csv import Rows, read_rows
from segue.errors import WrongFormat
from segue.formats.cell_files import usable
from segue.formats.mantis_features.assemble import assembled
from segue.formats.mantis_features.columns import Form, by_content, by_names, fits
from segue.formats.mantis_features.options import ReadOptions
from segue.formats.mantis_files.csv_notes import listed, mended, told, trimmed
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_MISSING = ["NA", "N/A", "NaN", "nan", "null", "None", "-"]
_INFINITE = {"Infinity": "inf", "-Infinity": "-inf", "+Infinity": "inf"}


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read values of segments; the first row names them.

    Raises
    ------
    SourceError
        It is no text table with rows about segments.
    """
    rows = read_rows(source, fits, header=True)
    notes = mended(rows)
    form = cast("ReadOptions", options).read_form
    first = 1 + ((_form(rows, source) if form == "auto" else form) == "project")
    if rows.width < first:
        raise WrongFormat(f"{source.path} has {rows.width} columns; a project's features have an image, a segment, and values", path=source.path)
    texts = [column if column.dtype == pl.Utf8 else column.cast(pl.Utf8) for column in rows.columns[:first]]
    labels = whole_numbers(texts[-1])
    images = trimmed(texts[0]) if first > 1 else pl.Series([""], dtype=pl.Utf8).new_from_index(0, len(rows))
    there = _there(images, labels, texts[-1], rows.lines, notes)
    places = _names(rows, first, notes)
    values = [_values(rows.columns[place], name, rows, there, notes) for name, place in zip(usable(list(places), ()), places.values(), strict=True)]
    return assembled(images.filter(there), labels.filter(there), [column.filter(there) for column in values]), Notes(tuple(notes))


def _form(rows: Rows, source: Source) -> Form:
    found = by_names(rows.names) or (by_content(rows.columns) if len(rows) else "active")
    if found is None:
        raise WrongFormat(f"{source.path} has no numbers of segments in its first column, nor in its second", path=source.path)
    return found


def _there(images: pl.Series, labels: pl.Series, texts: pl.Series, lines: pl.Series, notes: list[Note]) -> pl.Series:
    """Whether a row counts: it is about a segment, and no later one is about the same."""
    zero = (labels == 0).fill_null(value=False)
    empty = images.is_null()
    notes += told(Kind.SKIPPED, "whose segment is no whole number", lines.filter(labels.is_null()))
    notes += told(Kind.SKIPPED, "about segment 0, which is the background", lines.filter(zero))
    notes += told(Kind.SKIPPED, "without the name of an image", lines.filter(empty))
    good = labels.is_not_null() & ~zero & ~empty
    frame = pl.DataFrame({"image": images, "label": labels, "good": good})
    last = frame.select(pl.struct("image", "label", "good").is_last_distinct()).to_series()
    notes += told(Kind.SKIPPED, "about a segment of which a later row says something: the last one counts, as in Mantis", lines.filter(good & ~last))
    return good & last


def _names(rows: Rows, first: int, notes: list[Note]) -> dict[str, int]:
    """Name of a feature -> its column; of several columns with a name the last counts, as in Mantis."""
    found: dict[str, int] = {}
    for place in range(first, rows.width):
        given = rows.names[place]
        name = trim(given) or f"feature {place - first + 1}"
        if given != trim(given):
            notes.append(Note(Kind.REPAIRED, f"blanks around the name of the feature {name!r}"))
        if name in found:
            notes.append(Note(Kind.SKIPPED, f"a column {name!r} that is followed by another of the same name"))
        found[name] = place
    return found


def _values(column: pl.Series, name: str, rows: Rows, there: pl.Series, notes: list[Note]) -> pl.Series:
    """Numbers; what is none is missing, and noted."""
    if column.dtype != pl.Utf8:
        return column.cast(pl.Float64).fill_nan(None).alias(name)
    texts = column.str.strip_chars()
    texts = texts.str.replace(",", ".", literal=True) if rows.decimal == "," else texts
    texts = texts.replace(_INFINITE)
    found = texts.cast(pl.Float64, strict=False).fill_nan(None)
    odd = found.is_null() & texts.is_not_null() & ~texts.is_in([*_MISSING, ""]) & there
    if not odd.any():
        return found.alias(name)
    begun = leading_numbers(texts.set(~odd, None))
    for kind, what, which in ((Kind.REPAIRED, "only begin with a number", odd & begun.is_not_null()), (Kind.SKIPPED, "are no numbers", odd & begun.is_null())):
        if which.any():
            lines = rows.lines.filter(which)
            notes.append(Note(kind, f"{{count cell}} of {name!r} that {what} ({listed(lines)})", count=len(lines)))
    return pl.select(pl.coalesce(found, begun)).to_series().alias(name)
