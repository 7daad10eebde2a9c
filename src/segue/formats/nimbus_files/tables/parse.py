"""The text of a table as a study: of NimbusImage's server and of its browser, and those of connections and tracks that segue writes."""

from __future__ import annotations

import polars as pl

from segue.codecs.delimited import Delimited, read_delimited
from segue.errors import Malformed
from segue.formats.nimbus_files.tables.assemble import assembled
from segue.formats.nimbus_files.tables.assemble_links import connections_of, tracks_of
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import BETWEEN, CONNECTIONS, DATASET, OBJECTS, TRACKS, separator_of
from segue.formats.nimbus_files.tables.mend import mended
from segue.model.features import Feature
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_NUMBERS = ("Channel", "XY", "Z", "Time", "Track", "Lineage", "Generation", "Parent")
_WHOLE = r"^\s*-?[0-9]{1,18}\s*$"
_LINES = 5


def study_of(source: Source) -> tuple[Study, Notes]:
    """Read a table of objects, connections or tracks.

    Memory: the text and its columns, a few times.

    Raises
    ------
    Malformed
        It has not the columns of NimbusImage, or no row that is one.
    """
    head = source.head(64).removeprefix(b"\xef\xbb\xbf")
    found = read_delimited(source, delimiter=separator_of(head), header_rows=1, lines=True)
    names = list(found.names)
    if names[:2] == ["", "Id"]:
        names = [*names[1:], ""]  # every row has one cell more than the header
    fixed = _kind(names, source)
    notes = [Note(Kind.REPAIRED, f"{what} (line {line:,})" if line else what) for line, what in found.repairs[:_LINES] if "cells where" not in what]
    table, surplus = _columns(found, names, fixed, separator_of(head))
    notes += surplus
    flat, more = _checked(table, found, fixed, source)
    notes += more
    if "Child" in fixed:
        return connections_of(flat), Notes.of(*notes)
    if "Track" in fixed:
        return tracks_of(flat), Notes.of(*notes)
    study = assembled(flat)
    return study, Notes.of(*notes, *_about_objects(flat))


def _kind(names: list[str], source: Source) -> tuple[str, ...]:
    for one in (OBJECTS, OBJECTS[:-1], CONNECTIONS, TRACKS):
        if tuple(names[: len(one)]) == one:
            return one
        if tuple(names[: len(one) + 1]) == (DATASET, *one):
            return (DATASET, *one)
    sentence = f"{source.path} is no table of NimbusImage: its first columns are {', '.join(names[:8])}, not {', '.join(OBJECTS)}"
    raise Malformed(sentence, path=source.path, expected=", ".join(OBJECTS))


def _columns(found: Delimited, names: list[str], fixed: tuple[str, ...], separator: str) -> tuple[Flat, list[Note]]:
    """The cells below their names; what stands beyond the last name is brought back to where it belongs."""
    width = max((nth + 1 for nth, name in enumerate(names) if name), default=0)
    frame = found.columns
    notes: list[Note] = []
    if frame.width > width:
        assert found.lines is not None
        frame, notes = mended(frame, found.lines, width, len(fixed), separator)
    columns = frame.get_columns()
    columns += [pl.Series([None], dtype=pl.Utf8).new_from_index(0, frame.height)] * (width - len(columns))
    return Flat(names[:width], columns, len(fixed)), notes


def _checked(flat: Flat, found: Delimited, fixed: tuple[str, ...], source: Source) -> tuple[Flat, list[Note]]:
    """Only rows that have whole numbers where these belong; ids and texts that are missing are empty."""
    assert found.lines is not None
    wrong = pl.Series([False], dtype=pl.Boolean).new_from_index(0, flat.height)
    is_number = [name in _NUMBERS and ("Child" not in fixed or name == "XY") for name in fixed]
    for column, number in zip(flat.columns, is_number, strict=False):
        if number:
            wrong |= ~column.str.contains(_WHOLE).fill_null(value=False)
    notes = []
    if wrong.any():
        lines = found.lines.filter(wrong)
        if wrong.all():
            sentence = (
                f"{source.path} is damaged at line {lines[0]:,}: {', '.join(name for name, one in zip(fixed, is_number, strict=True) if one)} are whole numbers"
            )
            raise Malformed(sentence, path=source.path, position=f"line {lines[0]}", expected="whole numbers")
        what = f"they have no whole numbers where channel and place belong, as where a value holds a line break (line {lines[0]:,} is the first)"
        notes.append(Note(Kind.SKIPPED, what, Feature.OBJECTS, count=len(lines)))
    kept = [column.filter(~wrong) for column in flat.columns] if wrong.any() else flat.columns
    cells = [_cell(column, number=number) for column, number in zip(kept, is_number, strict=False)]
    if fixed[-1] == OBJECTS[-2]:
        cells.append(pl.Series([""], dtype=pl.Utf8).new_from_index(0, len(cells[0])))
        return Flat([*fixed, OBJECTS[-1], *flat.names[len(fixed) :]], [*cells, *kept[len(fixed) :]], len(fixed) + 1), notes
    return Flat(flat.names, [*cells, *kept[len(fixed) :]], len(fixed)), notes


def _cell(column: pl.Series, *, number: bool) -> pl.Series:
    return column.str.strip_chars().cast(pl.Int64) if number else column.fill_null("")


def _about_objects(flat: Flat) -> list[Note]:
    notes = []
    fixed = dict(zip(flat.names[: flat.fixed], flat.columns, strict=False))
    several = int(fixed["Tags"].str.contains(BETWEEN, literal=True).sum())
    if several:
        notes.append(Note(Kind.ASSUMED, "their tags are parted at ', ', which a tag may hold, too: nothing tells", Feature.MEMBERSHIP, count=several))
    ids = fixed["Id"]
    keys = pl.DataFrame([fixed[name].alias(name) for name in (DATASET, "XY", "Id") if name in fixed])
    repeated = len(ids) - keys.n_unique() if len(ids) else 0
    empty = int((ids == "").sum())
    if repeated or empty:
        notes.append(Note(Kind.REPAIRED, "their ids are empty or repeated, and were made unique", Feature.OBJECT_ID, count=max(repeated, empty)))
    below = int(((fixed["XY"] < 1) | (fixed["Z"] < 1) | (fixed["Time"] < 1) | (fixed["Channel"] < 0)).sum())
    if below:
        notes.append(Note(Kind.REPAIRED, "their place is below the first one, and became the first", Feature.SHAPE_PLANE, count=below))
    return notes
