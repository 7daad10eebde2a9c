"""A population CSV of Mantis -> study."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.javascript_numbers import numbers, whole_numbers
from segue.codecs.mantis_csv import Rows, read_rows
from segue.errors import AmbiguousFormat, WrongFormat
from segue.formats.mantis_files.colours import understood
from segue.formats.mantis_files.csv_notes import mended, told, trimmed
from segue.formats.mantis_populations.assemble import SCHEMA, assembled
from segue.formats.mantis_populations.columns import Places, by_form, by_names, fits, forms_of, surely_colours
from segue.formats.mantis_populations.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_THREE = 3
"""Columns that a file of one image has at most, and one of a project at least."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the populations, of one image or of a project.

    Raises
    ------
    SourceError
        It is no text table, or no row of it says a segment and a population.
    AmbiguousFormat
        It can be read both as a file of one image and as one of a project.
    """
    if not source.size:
        return assembled(pl.DataFrame(schema=SCHEMA)), Notes.of(Note(Kind.ASSUMED, "it is empty: no segment is in a population"))
    rows = read_rows(source, fits)
    notes = mended(rows)
    at, named = _places(rows, cast("ReadOptions", options), source)
    frame, header = _cells(rows, at, named=named)
    if header:
        notes.append(Note(Kind.ASSUMED, "the first line holds the names of the columns"))
    found = _understood(frame, at, notes)
    if not found.height:
        raise WrongFormat(f"{source.path} names no segment of a population; a row is: number of the segment, name of the population", path=source.path)
    return assembled(found), Notes(tuple(notes))


def _places(rows: Rows, options: ReadOptions, source: Source) -> tuple[Places, bool]:
    """What stands where, and whether the first row says so."""
    first = tuple(column[0] for column in rows.columns) if len(rows) else ()
    named = by_names(first)
    if named is not None and options.read_form in ("auto", named.form):
        return named, True
    if options.read_form != "auto":
        form = options.read_form
        if rows.width <= by_form(form, rows.width).name:
            raise WrongFormat(f"{source.path} has {rows.width} columns; the {form} form has at least {by_form(form, 0).name + 1}", path=source.path)
        return by_form(form, rows.width), False
    shares = forms_of(rows.columns)
    if not any(shares.values()):
        raise WrongFormat(f"{source.path} names no segment of a population; a row is: number of the segment, name of the population", path=source.path)
    tie = shares["active"] == shares["project"]
    if tie and rows.width == _THREE and not surely_colours(rows.columns[2]):
        raise AmbiguousFormat(
            f"{source.path}: the first column can be segments of one image, or names of images that are numbers; say which with --set read_form=active or "
            "--set read_form=project",
            path=source.path,
            candidates=["active", "project"],
        )
    project = rows.width > _THREE if tie else shares["project"] > shares["active"]
    return by_form("project" if project else "active", rows.width), False


def _cells(rows: Rows, at: Places, *, named: bool) -> tuple[pl.DataFrame, bool]:
    """The columns as texts, and whether the first row was one of names."""
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(rows))
    parts = {"segment": at.segment, "name": at.name, "image": at.image, "colour": at.colour}
    frame = pl.DataFrame({name: (empty if place is None else rows.columns[place]).alias(name) for name, place in parts.items()} | {"line": rows.lines})
    odd = named or (frame.height > 1 and frame["segment"][0] is not None and numbers(frame["segment"].head(1))[0] is None)
    return frame.slice(int(odd)), odd


def _understood(frame: pl.DataFrame, at: Places, notes: list[Note]) -> pl.DataFrame:
    """The rows that say a segment and a population, each once; what was passed over or mended is noted."""
    frame = frame.with_columns(label=whole_numbers(frame["segment"]), population=trimmed(frame["name"]), where=trimmed(frame["image"]))
    zero = (pl.col("label") == 0).fill_null(value=False)
    frame = _without(frame, pl.col("segment").is_null(), "without a segment", notes)
    frame = _without(frame, pl.col("label").is_null(), "whose segment is no whole number", notes)
    frame = _without(frame, zero, "about segment 0, which is the background", notes)
    frame = _without(frame, pl.col("population").is_null(), "without the name of a population", notes)
    if at.image is not None:
        frame = _without(frame, pl.col("where").is_null(), "without the name of an image", notes)
    cut = frame.filter((pl.col("name") != pl.col("population")) | (pl.col("image") != pl.col("where")).fill_null(value=False))
    notes += told(Kind.REPAIRED, "with blanks around a name", cut["line"])
    colour = _colours(frame, notes)
    found = frame.select(image=pl.col("where").fill_null(""), label="label", name="population", line="line").with_columns(colour=colour)
    repeated = ~found.select(pl.struct("image", "label", "name").is_first_distinct()).to_series()
    notes += told(Kind.SKIPPED, "that are there already", found["line"].filter(repeated))
    colours = found.filter(repeated & found["colour"].is_not_null()).select("name", "colour").unique("name", keep="last")
    return _with_colours(found.filter(~repeated), colours).select(*SCHEMA)


def _with_colours(found: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """The colours of rows that are passed over count, too."""
    if not later.height:
        return found
    both = found.join(later.rename({"colour": "later"}), on="name", how="left", maintain_order="left")
    return both.with_columns(colour=pl.coalesce("later", "colour"))


def _without(frame: pl.DataFrame, condition: pl.Expr, what: str, notes: list[Note]) -> pl.DataFrame:
    gone = frame.filter(condition)
    if not gone.height:
        return frame
    notes += told(Kind.SKIPPED, what, gone["line"])
    return frame.filter(~condition)


def _colours(frame: pl.DataFrame, notes: list[Note]) -> pl.Series:
    """0xRRGGBB of each row; colours that Mantis does not understand are noted."""
    texts = frame["colour"]
    meant = {text: understood(text) for text in texts.drop_nulls().unique()}
    colours = texts.replace_strict(meant, return_dtype=pl.UInt32) if meant else pl.Series([None], dtype=pl.UInt32).new_from_index(0, frame.height)
    unknown = colours.is_null() & texts.is_not_null()
    notes += told(Kind.SKIPPED, "with something else than a colour in the last column: the colour is left out", frame["line"].filter(unknown))
    foreign = {text for text, colour in meant.items() if colour is not None and "#" in text}
    if foreign:
        notes += told(Kind.REPAIRED, "with a colour such as #ff0000, which Mantis does not understand", frame["line"].filter(texts.is_in(list(foreign))))
    return colours.alias("colour")
