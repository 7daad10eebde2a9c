"""Writing: one row per shape; objects without a shape have a row without geometry."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs import parquet
from segue.codecs.parquet_geometry import COLUMN, geo_metadata, wkb
from segue.formats.geoparquet.entry import render
from segue.formats.geoparquet.geometries import geometries, implied
from segue.formats.geoparquet.layout import CLASSIFICATION, KIND, OBJECT, POPULATIONS, RESERVED, SHAPE, placed
from segue.formats.options import Options
from segue.model.objects import Objects
from segue.model.populations import Population
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

_ALWAYS = ("id", "label", "name", CLASSIFICATION, COLUMN)
"""Columns that are there even if they are empty."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """A fitted study as one file. Memory: the table, and its geometry three times."""
    s = study.image_sets[0]
    columns = placed(s.tables)
    drawn = geometries(s.shapes)
    rows, shape = _rows(s)
    frame = objects_columns(s.objects).hstack(_populations(s, study.populations)).select(pl.all().gather(rows))
    frame = frame.hstack(_shape_columns(s).select(pl.all().gather(shape)))
    frame = frame.with_columns(wkb(drawn).gather(shape))
    kept = [name for name in RESERVED[:-1] if name in _ALWAYS or frame[name].null_count() < frame.height]
    values = {one.key: s.tables[one.table].frame[one.column.name].alias("").gather(rows) for one in columns}  # polars takes a name such as ^a$ for a pattern
    whole = pl.DataFrame({name: frame[name] for name in kept} | values | {COLUMN: frame[COLUMN]})
    data = parquet.encode(whole, geo_metadata(drawn) | render(s, study.populations, columns))
    with sink.open() as file:
        file.write(data)


def _rows(s: ImageSet) -> tuple[pl.Series, pl.Series]:
    """The object and the shape (null = none) of each row of the file."""
    numbered = pl.DataFrame({"object": s.shapes.frame["object"], "shape": pl.int_range(len(s.shapes), dtype=pl.UInt32, eager=True)})
    objects = pl.DataFrame({"object": pl.int_range(len(s.objects), dtype=pl.Int32, eager=True)})
    found = objects.join(numbered, on="object", how="left", maintain_order="left_right")
    return found["object"], found["shape"]


def objects_columns(objects: Objects) -> pl.DataFrame:
    """The objects as others like to see them: colours as #RRGGBBAA, locked only where it is so."""
    frame = objects.frame
    used = frame["colour"].drop_nulls().unique()
    texts = {colour: f"#{colour:08X}" for colour in used.to_list()}
    colour = frame["colour"].replace_strict(texts, return_dtype=pl.Utf8) if texts else frame["colour"].cast(pl.Utf8)
    return frame.with_columns(colour, pl.when("locked").then("locked")).select(OBJECT)


def _shape_columns(s: ImageSet) -> pl.DataFrame:
    """Planes, roles other than outline, and kinds that the geometry does not say."""
    frame = s.shapes.frame.with_columns(pl.col("kind").cast(pl.Utf8)).select(*SHAPE, KIND)
    usual = implied(s.shapes)
    return frame.with_columns(pl.when(pl.col("role") != "outline").then("role"), pl.when(pl.col(KIND) != usual).then(KIND))


def _populations(s: ImageSet, known: tuple[Population, ...]) -> pl.DataFrame:
    """Per object the name of its first population, and the ids of all."""
    names = {one.id: ": ".join(one.name) for one in known}
    grouped = s.membership.frame.sort("object", "nth_of_object").group_by("object", maintain_order=True).agg("population")
    place = np.full(len(s.objects), -1, np.int64)
    place[grouped["object"].to_numpy()] = np.arange(grouped.height)
    rows = pl.Series(place).replace(-1, None)
    first = grouped["population"].list.first()
    classes = first.replace_strict(names, return_dtype=pl.Utf8) if names else first
    return pl.DataFrame({CLASSIFICATION: classes.gather(rows), POPULATIONS: grouped["population"].gather(rows)})
