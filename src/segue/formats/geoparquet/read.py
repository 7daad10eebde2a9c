"""Reading: a table with geometry to a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.codecs import parquet_foreign
from segue.formats.geoparquet.entry import Entry, parse
from segue.formats.geoparquet.layout import KIND, SHAPE
from segue.formats.geoparquet.options import ReadOptions
from segue.formats.geoparquet.read_geometry import Geo, described, geometry, geometry_notes, shape_table, system_notes
from segue.formats.geoparquet.read_objects import Found, asked, read_objects, whole
from segue.formats.geoparquet.read_populations import read_populations
from segue.formats.geoparquet.values import tables
from segue.formats.options import Options
from segue.model.grid import Axis, Grid
from segue.model.rings import Rings, concat
from segue.model.shapes import RINGED, Shapes
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_RADIUS = "radius"
"""Of circles in SpatialData, whose geometry is the centre."""
_ROWS = "\0"
"""Stands for columns where there are none: a table without columns has no rows."""
_BESIDE = (".zattrs", "zarr.json")


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The objects of a file. Memory: the table, its geometry as bytes twice, and the vertices.

    Raises
    ------
    WrongFormat
        It is no Parquet with a description of its geometry.
    Malformed, TooLarge, UnsupportedVariant
    InvalidOption
        A column that is asked for is not there.
    """
    assert isinstance(options, ReadOptions)
    facts = parquet_foreign.facts(source)
    geo = described(facts.metadata, facts.schema, source.path)
    entry = parse(facts.metadata, source.path)
    wanted = [name for name in facts.schema if name not in geo.covering]
    frame = parquet_foreign.table(source, wanted)
    drawn = {name: geometry(frame[name], stated, source.path) for name, stated in geo.columns.items()}
    named = [name for name in wanted if name not in drawn]
    plain = pl.DataFrame({name: frame[name] for name in named} or {_ROWS: [None] * frame.height})
    values = _values(plain, entry)
    found = read_objects(plain, facts.metadata, values, options, source.path, own=entry.own)
    radius = plain[_RADIUS] if not entry.own and _RADIUS in plain.columns and plain[_RADIUS].dtype.is_numeric() else None
    pieces = [shape_table(one, radius if name == geo.primary else None) for name, one in drawn.items()]
    shapes, used = _shapes(pieces, list(drawn), plain, found, geo)
    firsts = plain.select(pl.all().gather(found.first))
    asked(plain, options.classification, "classification", source.path)
    populations, membership, classes = read_populations(firsts, entry.populations, options.classification)
    circles = {_RADIUS} if radius is not None and (shapes.frame["kind"] == "oval").any() else set()
    rest = [name for name in named if name in values or name not in found.used | used | classes | circles]
    s = replace(
        entry.image_set,
        objects=found.objects,
        shapes=shapes,
        tables=tables(entry.tables, {name: firsts[name] for name in rest}, len(found.objects)),
        membership=membership,
    )
    if options.pixel_size is not None:
        s = replace(
            s, shapes=Shapes(s.shapes.frame, s.shapes.rings.with_coords(s.shapes.rings.coords / options.pixel_size)), grid=_grid(s.grid, options.pixel_size)
        )
    notes = Notes.joined([found.notes, *(geometry_notes(name, one) for name, one in drawn.items())])
    if options.pixel_size is None:
        notes += system_notes(geo) + _beside(source)
    return Study((s,), populations), notes


def _values(plain: pl.DataFrame, entry: Entry) -> list[str]:
    """Columns that are values and nothing else: those that segue wrote as such."""
    described_ = {key for columns in entry.tables.values() for key, _ in columns}
    return [name for name in plain.columns if name in described_]


def _shapes(pieces: list[tuple[pl.DataFrame, Rings]], names: list[str], plain: pl.DataFrame, found: Found, geo: Geo) -> tuple[Shapes, set[str]]:
    """The shapes of all geometry columns, object by object; and the columns that say something about them."""
    frame = pl.concat([one.with_columns(column=pl.lit(name)) for (one, _), name in zip(pieces, names, strict=True)])
    rings = concat([one for _, one in pieces])
    used = set()
    columns: dict[str, pl.Series] = {"object": found.row_object.gather(frame["row"])}
    for name in SHAPE:
        given = plain[name].gather(frame["row"]) if name in plain.columns else None
        cast = None if given is None else _text(given) if name == "role" else whole(given, pl.Int32)
        if cast is not None:
            used.add(name)
            columns[name] = cast
    role = columns.get("role", pl.Series([None], dtype=pl.Utf8).new_from_index(0, frame.height))
    other = frame["column"] != geo.primary
    columns["role"] = pl.select(pl.when(other).then(frame["column"]).otherwise(role.fill_null("outline"))).to_series()
    columns["kind"] = frame["kind"]
    if KIND in plain.columns and plain[KIND].dtype in (pl.Utf8, pl.Null):
        hint = plain[KIND].cast(pl.Utf8).gather(frame["row"])
        fits_ = _believed(hint, frame["kind"], rings)
        if fits_.any() or plain[KIND].null_count() == plain.height:
            used.add(KIND)
            columns["kind"] = pl.select(pl.when(fits_).then(hint).otherwise(frame["kind"])).to_series()
    order = np.argsort(columns["object"].to_numpy(), kind="stable").astype(np.int64)
    shapes = Shapes(pl.DataFrame(columns), rings)
    return shapes if np.array_equal(order, np.arange(len(order))) else shapes.take(order), used


def _text(given: pl.Series) -> pl.Series | None:
    return given.cast(pl.Utf8) if given.dtype in (pl.Utf8, pl.Categorical, pl.Null) else None


def _believed(hint: pl.Series, kind: pl.Series, rings: Rings) -> pl.Series:
    """Where the kind that the file names is one that the geometry can be."""
    areas = [str(one) for one in RINGED]
    lines = (kind.is_in(["line", "polyline"]) & (hint == "polyline")) | ((kind == "line") & (hint == "line"))
    return (((kind == "polygon") & hint.is_in(areas)) | lines).fill_null(value=False)


def _grid(grid: Grid, size: float) -> Grid:
    axes = tuple(replace(axis, scale=size, unit="um") if axis.name in "yx" else axis for axis in grid.axes)
    return replace(grid, axes=axes if axes else (Axis("y", None, size, "um"), Axis("x", None, size, "um")))


def _beside(source: Source) -> Notes:
    """SpatialData keeps the way to pixels beside the file."""
    if source.path.name == "shapes.parquet" and any((source.path.parent / name).exists() for name in _BESIDE):
        return Notes.of(Note(Kind.ASSUMED, "SpatialData keeps a transformation beside the file, which is not applied; coordinates are read as pixels"))
    return Notes()
