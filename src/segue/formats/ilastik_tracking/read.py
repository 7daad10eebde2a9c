"""A tracking table of ilastik -> study."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.errors import Malformed, WrongFormat
from segue.formats.cell_files import CellTable, read_cells, table_of, typed
from segue.formats.ilastik_tracking.lineage import connections
from segue.formats.ilastik_tracking.options import ReadOptions
from segue.formats.ilastik_tracking.positions import Centres, centres, points
from segue.formats.ilastik_tracking.terms import FALSE, FIRST_TRACK, FRAME, KEYS, LABEL, LINEAGE, MERGER, MISSING, PARENT, TRACK, facts_of
from segue.formats.options import Options
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels
from segue.model.populations import Membership, Population
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read objects, tracks, divisions and features. Memory: the table two or three times.

    Raises
    ------
    SourceError
        It is no tracking table, or its frames, labels or tracks are no whole numbers.
    """
    raw = read_cells(source, KEYS, LABEL)
    missing = [name for name in (FRAME, TRACK) if name not in raw.keys]
    if missing:
        raise WrongFormat(f"{source.path} has no column {missing[0]}, as tracking tables of ilastik do", path=source.path, expected=missing[0])
    keys = {name: _whole(column, name, source) for name, column in raw.keys.items()}
    notes: list[Note] = []
    objects = _objects(keys, cast("ReadOptions", options).layer, notes)
    known, membership = _false(keys, notes)
    links, more = connections(keys)
    tables, shapes = _values(raw, keys, notes)
    notes += more
    s = ImageSet("", objects=objects, shapes=shapes, connections=links, tables=tables, membership=membership)
    return Study((s,), known), raw.notes + Notes(tuple(notes)).at(source.path.name)


def _whole(column: pl.Series, name: str, source: Source) -> pl.Series:
    """A column of whole numbers, Int64; only parents and mergers may be missing."""
    numbers = column.cast(pl.Float64, strict=False)
    found = column.cast(pl.Int64, strict=False)
    wrong = found.is_null() | (numbers != found.cast(pl.Float64))
    if name in (PARENT, MERGER, LINEAGE):
        wrong &= column.is_not_null()
    smallest = {FRAME: 0, LABEL: 1}.get(name)
    if smallest is not None:
        wrong |= found < smallest
    if name == FRAME:
        wrong |= found >= 1 << 31
    if wrong.fill_null(value=True).any():
        row = int(wrong.fill_null(value=True).arg_true()[0])
        what = f"a whole number from {smallest}" if smallest is not None else "a whole number"
        raise Malformed(
            f"{source.path}: column {name} holds {column[row]!r} in row {row + 1}, not {what}", path=source.path, position=f"column {name}, row {row + 1}"
        )
    return found.alias(name)


def _objects(keys: dict[str, pl.Series], layer: str, notes: list[Note]) -> Objects:
    height = len(keys[LABEL])
    frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, height) for name, dtype in SCHEMA.items()})
    track = keys[TRACK]
    frame = frame.with_columns(label=keys[LABEL].cast(pl.UInt64), layer=pl.lit(layer), t=keys[FRAME].cast(pl.Int32), track=track.set(track < FIRST_TRACK, None))
    again = repeated_labels(frame)
    if again.any():
        notes.append(
            Note(Kind.REPAIRED, "{count row} about an object that an earlier row of its frame is about: another object without a label", count=int(again.sum()))
        )
        frame = frame.with_columns(label=frame["label"].set(again, None))
    return Objects(frame.with_columns(default_ids(frame).alias("id")))


def _false(keys: dict[str, pl.Series], notes: list[Note]) -> tuple[tuple[Population, ...], Membership]:
    """Objects that ilastik takes for no objects."""
    rows = (keys[TRACK] < FIRST_TRACK).arg_true().cast(pl.Int32)
    if not len(rows):
        return (), Membership.empty()
    notes.append(Note(Kind.ASSUMED, f"{{count object}} without a track: the population '{FALSE}'", count=len(rows)))
    pairs = pl.DataFrame({"object": rows}).select(population=pl.lit(FALSE), object="object")
    return (Population(FALSE, (FALSE,), "class"),), Membership.of(pairs)


def _values(raw: CellTable, keys: dict[str, pl.Series], notes: list[Note]) -> tuple[dict[str, Table], Shapes]:
    """Features, lineage and merger; positions."""
    empty = _unmeasured(raw.values)
    if empty.any():
        notes.append(
            Note(Kind.REPAIRED, "{count object} out of a merger that ilastik did not measure: features and position are missing", count=int(empty.sum()))
        )
    values = [column.set(empty, None) if column.dtype != pl.Utf8 and empty.any() else column for column in raw.values]
    columns = [*_origin(keys, {column.name for column in values}), *values]
    names = frozenset(column.name for column in values)
    described = [typed(column, **(facts_of(column.name, names) if column.dtype.is_numeric() else {})) for column in columns]
    tables = {"features": table_of(np.arange(len(keys[LABEL]), dtype=np.int32), columns, described)} if columns else {}
    found = centres({column.name: column for column in values})
    _say_cut(found, notes)
    return tables, points(found)


def _say_cut(found: Centres, notes: list[Note]) -> None:
    if found.cut:
        notes.append(Note(Kind.ASSUMED, "{count position} in whole pixels: ilastik cuts off what is behind the point", count=found.cut))


def _origin(keys: dict[str, pl.Series], taken: set[str]) -> list[pl.Series]:
    """Lineages, and the objects that mergers were made of, where there are any."""
    found = []
    for name, smallest in ((LINEAGE, FIRST_TRACK), (MERGER, 1)):
        column = keys.get(name)
        if column is not None and name not in taken:
            column = column.set((column < smallest).fill_null(value=True), None)
            found += [column] if column.null_count() < len(column) else []
    return found


def _unmeasured(values: list[pl.Series]) -> pl.Series:
    """Per object whether all its features are what ilastik writes where it has none."""
    numbers = [column for column in values if column.dtype.is_numeric()]
    height = len(values[0]) if values else 0
    empty = pl.Series([len(numbers) > 1], dtype=pl.Boolean).new_from_index(0, height)
    for column in numbers:
        empty &= column.cast(pl.Float64).is_in(list(MISSING)).fill_null(value=False)
    return empty
