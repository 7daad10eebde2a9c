"""The cells of a results table as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.codecs.delimited_numbers import MISSING, numbers
from segue.codecs.imagej_numbers import LARGEST_PLAIN
from segue.formats.cell_files import usable
from segue.formats.imagej_results.fractions import fractions_of
from segue.formats.imagej_results.headings import FRAME, LABEL, X, Y, measurement_of
from segue.formats.imagej_results.identity import identified
from segue.formats.imagej_results.labels import taken_apart
from segue.formats.imagej_results.options import ReadOptions
from segue.formats.imagej_results.sheet import Sheet
from segue.model.frames import taken
from segue.model.grid import Axis, Grid
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Note, Notes

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
TABLE = "measurements"


def parsed(sheet: Sheet, options: ReadOptions, path: str = "") -> tuple[Study, Notes]:
    """One image set per title of an image, in the order in which they first occur.

    Raises
    ------
    Incompatible
        Nothing names the objects, and the table is joined.
    """
    named = taken_apart(sheet.labels)
    columns = _columns(sheet)
    frames = next((_times(column) for column in columns if column.name == FRAME), None)
    values = [column for column in columns if frames is None or column.name != FRAME]
    notes: list[Note] = []
    found = identified(sheet, named, frames, options, path, notes)
    extras = fractions_of(sheet.columns, columns)
    sets = [replace(_image_set(title, objects, rows, values, options), extras=extras) for title, objects, rows in found]
    return Study(tuple(sets)), Notes(tuple(notes))


def _columns(sheet: Sheet) -> list[pl.Series]:
    names = usable(sheet.names, (LABEL,)) if LABEL in sheet.names or len(set(sheet.names)) < len(sheet.names) or {"", "row"} & {*sheet.names} else sheet.names
    return [_typed(column, sheet.decimal).alias(name) for name, column in zip(names, sheet.columns, strict=True)]


def _typed(texts: pl.Series, decimal: str) -> pl.Series:
    """Numbers where all texts are numbers: ImageJ has but one type of them. Whole ones beyond what it writes with all digits stay whole."""
    texts = texts.alias("")  # polars takes a name such as ^a$ for a pattern
    if texts.null_count() == texts.len():
        return pl.Series(texts.name, [None], dtype=pl.Float64).new_from_index(0, texts.len())
    found = numbers(texts, decimal, MISSING)
    if found.dtype == pl.Int64 and found.is_between(-LARGEST_PLAIN, LARGEST_PLAIN).all():
        return found.cast(pl.Float64)
    return texts if found.dtype == pl.UInt64 else found


def _times(column: pl.Series) -> pl.Series | None:
    """Time points from 0; ImageJ counts from 1, and 0 is none."""
    if column.dtype != pl.Float64 or column.null_count() or not column.is_between(0, 2**31).all() or (column != column.round()).any():
        return None
    whole = column.cast(pl.Int64) - 1
    return whole.set(whole < 0, None).cast(pl.Int32)


def _image_set(title: str, objects: Objects, rows: Rows | None, values: list[pl.Series], options: ReadOptions) -> ImageSet:
    mine = values if rows is None else [taken(column, rows) for column in values]
    grid = Grid(tuple(Axis(name, scale=options.pixel_size) for name in "yx")) if options.pixel_size else Grid()
    shapes = _points({column.name: column for column in mine}, options.pixel_size)
    return ImageSet(title, grid, objects=objects, shapes=shapes, tables=_table(mine, len(objects)))


def _table(values: list[pl.Series], height: int) -> dict[str, Table]:
    if not values:
        return {}
    columns = tuple(_described(column) for column in values)
    return {TABLE: Table("objects", pl.DataFrame([pl.int_range(height, dtype=pl.Int32, eager=True).alias("row"), *values]), columns)}


def _described(column: pl.Series) -> Column:
    if column.dtype == pl.Utf8:
        return Column(column.name, "text")
    return Column(column.name, "integer" if column.dtype == pl.Int64 else "number", measurement=measurement_of(column.name))


def _points(values: dict[str, pl.Series], pixel_size: float | None) -> Shapes:
    """X and Y as points, if the size of a pixel is known."""
    x, y = values.get(X), values.get(Y)
    if pixel_size is None or x is None or y is None or x.dtype != pl.Float64 or y.dtype != pl.Float64:
        return Shapes.empty()
    placed = np.flatnonzero((x.is_finite() & y.is_finite()).fill_null(value=False).to_numpy())
    coords = np.stack([x.gather(placed).to_numpy(), y.gather(placed).to_numpy()], axis=1) / pixel_size
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    return Shapes(frame, Rings.simple(coords, np.arange(len(placed) + 1)))
