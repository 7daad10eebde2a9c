"""A measurement table of QuPath -> study."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.delimited import Delimited, read_delimited
from segue.errors import Incompatible, WrongFormat
from segue.formats.cell_files import as_read, usable
from segue.formats.options import Options
from segue.formats.qupath_measurements.assemble import Columns, assembled
from segue.formats.qupath_measurements.options import ReadOptions
from segue.formats.qupath_measurements.terms import CENTROID, CLASS, ID, IMAGE, NAME, OBJECT, OLD_CLASS, SLICE, TEXTS, TIME, tidy
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_KEYS = (IMAGE, ID, NAME, CLASS, SLICE, TIME)


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a table, one image set per image. Memory: the table two or three times.

    Raises
    ------
    SourceError
        It is no such table.
    Incompatible
        An id occurs twice, and the table is joined.
    """
    chosen = cast("ReadOptions", options)
    found = read_delimited(source, header_rows=1)
    names = [tidy(name) for name in found.names]
    if not {*names} & {*OBJECT}:
        raise WrongFormat(f"{source.path} has none of the columns {', '.join(OBJECT[:5])} of QuPath", path=source.path, expected=", ".join(OBJECT))
    notes = _mended(found, names)
    columns = _columns(found, names, chosen)
    _refuse_repeated(columns, chosen, source)
    study, more = assembled(columns, chosen.pixel_size)
    return study, Notes(tuple(notes)) + more


def _columns(found: Delimited, names: list[str], options: ReadOptions) -> Columns:
    decimal = {"auto": found.dialect.decimal, "point": ".", "comma": ","}[options.read_decimal]
    names = [CLASS if name == OLD_CLASS and CLASS not in names else name for name in names]
    keys = {name: names.index(name) for name in _KEYS if name in names}
    rest = [nth for nth in range(len(names)) if nth not in keys.values()]
    values = []
    for nth, name in zip(rest, usable([names[nth] for nth in rest], _KEYS), strict=True):
        column = found.columns.to_series(nth)
        values.append((column if names[nth] in TEXTS else as_read(column, decimal)).alias(name))
    places = {axis: values[rest.index(nth)].name for nth, name in enumerate(names) if (axis := _axis(name)) and nth in rest}
    return Columns(found.columns.height, {name: found.columns.to_series(nth).alias(name) for name, nth in keys.items()}, values, places)


def _axis(name: str) -> str:
    found = CENTROID.fullmatch(name)
    return "" if found is None else found["axis"]


def _mended(found: Delimited, names: list[str]) -> list[Note]:
    notes = [Note(Kind.REPAIRED, what, where=f"line {line}") for line, what in found.repairs]
    if names != [name.strip() for name in found.names]:
        notes.append(Note(Kind.REPAIRED, "headings in which the letter µ was damaged or another one"))
    if found.dialect.decimal == ",":
        notes.append(Note(Kind.ASSUMED, "numbers have decimal commas"))
    return notes


def _refuse_repeated(columns: Columns, options: ReadOptions, source: Source) -> None:
    if options.repeated != "error" or ID not in columns.keys:
        return
    frame = pl.DataFrame([columns.keys[name] for name in (IMAGE, ID) if name in columns.keys]).drop_nulls(ID)
    twice = frame.filter(frame.is_duplicated())
    if twice.height:
        sentence = f"{source.path.name} has several rows for the object {twice[ID][0]}; a table that is joined has one row per object"
        raise Incompatible(sentence, path=source.path, repeated=twice[ID][0])
