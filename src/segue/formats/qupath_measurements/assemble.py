"""The columns of a measurement table as a study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.formats.cell_files import table_of, typed
from segue.formats.qupath_measurements.terms import CLASS, ID, IMAGE, JOINT, NAME, SLICE, TEXTS, TIME, TYPE, WHOLE_IMAGE, channel_of, unit_of
from segue.model.features import Feature
from segue.model.frames import taken
from segue.model.grid import Axis, Grid
from segue.model.objects import SCHEMA, Objects, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind, Note, Notes

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
MEASUREMENTS, WHOLE = "measurements", "image"


@dataclass(frozen=True)
class Columns:
    """A table taken apart."""

    height: int
    keys: dict[str, pl.Series]
    """Texts by the names of their columns."""
    values: list[pl.Series]
    places: dict[str, str]
    """Axis -> name of the column of its centroid."""


def assembled(columns: Columns, pixel_size: float | None) -> tuple[Study, Notes]:
    """One image set per image, in the order in which they first occur."""
    notes: list[Note] = []
    kind = next((column for column in columns.values if column.name == TYPE), None)
    whole = np.zeros(columns.height, np.bool_) if kind is None else kind.is_in(list(WHOLE_IMAGE)).fill_null(value=False).to_numpy()
    sets = [_image_set(columns, name, rows, whole[rows], pixel_size, notes) for name, rows in _groups(columns)]
    if columns.places and pixel_size is None and not _in_pixels(columns):
        notes.append(Note(Kind.ASSUMED, "centroids in micrometres are values; --set pixel_size=... makes points of them"))
    names = columns.keys[CLASS].drop_nulls().unique(maintain_order=True) if CLASS in columns.keys else pl.Series([], dtype=pl.Utf8)
    used = {name for s in sets for name in s.membership.frame["population"].unique()}
    known = tuple(Population(name, tuple(name.split(JOINT)), "class", exclusive=True) for name in names if name in used)
    return Study(tuple(sets), known), Notes(tuple(notes)).merged()


def _groups(columns: Columns) -> Iterator[tuple[str, Rows]]:
    names = columns.keys.get(IMAGE)
    if names is None or not columns.height:
        yield "", np.arange(columns.height)
        return
    frame = pl.DataFrame({"name": names.fill_null(""), "row": pl.int_range(columns.height, eager=True)})
    for one in frame.partition_by("name", maintain_order=True):
        yield str(one["name"][0]), one["row"].to_numpy()


def _image_set(columns: Columns, name: str, rows: Rows, whole: np.ndarray[tuple[int], np.dtype[np.bool_]], size: float | None, notes: list[Note]) -> ImageSet:
    about_image, mine = rows[whole], rows[~whole]
    keys = {key: column.gather(mine) for key, column in columns.keys.items()}
    values = [taken(column, mine) for column in columns.values]
    objects = _objects(keys, values, len(mine), notes)
    scale = size if size is not None else 1.0 if columns.places and _in_pixels(columns) else None
    shapes = _points(keys, {column.name: column for column in values}, columns, scale)
    grid = Grid((Axis("y", scale=size, unit="um"), Axis("x", scale=size, unit="um"))) if size is not None else Grid()
    tables = _tables(values, [taken(column, about_image[:1]) for column in columns.values] if len(about_image) else [])
    return ImageSet(name, grid, objects=objects, shapes=shapes, tables=tables, membership=_classes(keys))


def _in_pixels(columns: Columns) -> bool:
    return all(name.endswith("px") for name in columns.places.values())


def _objects(keys: dict[str, pl.Series], values: list[pl.Series], height: int, notes: list[Note]) -> Objects:
    frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, height) for name, dtype in SCHEMA.items()})
    ids = keys.get(ID, frame["id"])
    default = pl.select(pl.concat_str(pl.lit("#"), pl.int_range(1, height + 1).cast(pl.Utf8))).to_series() if height else frame["id"]
    ids = ids.fill_null(default) if ids.null_count() and height else ids
    repeated = ids.len() - ids.n_unique()
    if repeated:
        notes.append(Note(Kind.REPAIRED, "{count object} with an id that another one has already", Feature.OBJECT_ID, count=repeated))
    frame = frame.with_columns(id=unique_texts(ids), name=_names(keys, values, height), t=_planes(keys.get(TIME), height))
    return Objects(frame)


def _names(keys: dict[str, pl.Series], values: list[pl.Series], height: int) -> pl.Series:
    """Names; QuPath shows the type or the class of objects that have none."""
    empty = pl.Series(NAME, [None], dtype=pl.Utf8).new_from_index(0, height)
    if NAME not in keys:
        return empty
    names = keys[NAME]
    stand_ins = [keys[CLASS]] if CLASS in keys else []
    stand_ins += [column for column in values if column.name == TYPE and column.dtype == pl.Utf8]
    shown = names.str.contains(r"^Path[A-Za-z]+Object$").fill_null(value=False)
    for one in stand_ins:
        shown |= names.eq(one).fill_null(value=False)
    return names.set(shown, None)


def _planes(texts: pl.Series | None, height: int) -> pl.Series:
    """Planes, counted from 0; null where they are not stated."""
    if texts is None:
        return pl.Series([None], dtype=pl.Int32).new_from_index(0, height)
    found = numbers(texts)
    whole = found.cast(pl.Int32, strict=False) if found.dtype.is_numeric() else texts.cast(pl.Int32, strict=False)
    return whole.set(whole.lt(0).fill_null(value=False), None)


def _points(keys: dict[str, pl.Series], values: dict[str, pl.Series], columns: Columns, scale: float | None) -> Shapes:
    """Centroids as points; QuPath counts from the corner of the first pixel."""
    found = [values[columns.places[axis]] for axis in "XY" if axis in columns.places]
    if scale is None or len(found) < 2 or not all(column.dtype.is_numeric() for column in found):
        return Shapes.empty()
    coords = np.stack([column.cast(pl.Float64).fill_null(np.nan).to_numpy() for column in found], axis=1) / scale
    placed = np.flatnonzero(np.isfinite(coords).all(axis=1))
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    frame = frame.with_columns(z=_planes(keys.get(SLICE), len(coords)).gather(placed))
    return Shapes(frame, Rings.simple(coords[placed], np.arange(len(placed) + 1)))


def _classes(keys: dict[str, pl.Series]) -> Membership:
    if CLASS not in keys:
        return Membership.empty()
    names = keys[CLASS]
    rows = pl.DataFrame({"population": names, "object": pl.int_range(len(names), dtype=pl.Int32, eager=True)}).drop_nulls()
    return Membership.of(rows.filter(pl.col("population") != ""))


def _tables(values: list[pl.Series], whole: list[pl.Series]) -> dict[str, Table]:
    tables = {}
    if values:
        height = len(values[0])
        tables[MEASUREMENTS] = table_of(np.arange(height, dtype=np.int32), values, [_described(column) for column in values])
    filled = [column for column in whole if column.null_count() < len(column)]
    if filled:
        tables[WHOLE] = Table("image set", pl.DataFrame(filled), tuple(_described(column) for column in filled))
    return tables


def _described(column: pl.Series) -> Column:
    """Its unit and channel, as far as the name says them."""
    if not column.dtype.is_numeric() or column.name in TEXTS:
        return typed(column)
    unit, channel = unit_of(column.name), channel_of(column.name)
    return typed(column, **{name: value for name, value in (("unit", unit), ("channel", channel)) if value})
