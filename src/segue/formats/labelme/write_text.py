"""The text of shapes, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_columns import numbers, quoted
from segue.codecs.json_text import dumps
from segue.formats.annotation_files import Placed, cells, entries, in_braces, shape_members, side_members
from segue.formats.labelme.embedded import packed
from segue.formats.labelme.figures import TYPES, points_of, vertices_of
from segue.formats.labelme.options import Outlines
from segue.formats.labelme.read_shapes import label_of
from segue.formats.labelme.terms import UNCLASSIFIED
from segue.formats.outline_files import is_kind
from segue.geometry.blocks import blocks_of, painted
from segue.geometry.tidy import has_holes
from segue.model.populations import Population
from segue.model.rings import Rings
from segue.model.shapes import RINGED, ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import Table

SHAPES = 20_000
"""How many are turned into text at a time."""
_MARK = "\x01"
"""Between texts of different shapes: it cannot stand in JSON."""
Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Rows:
    """One row per shape of the file."""

    shape: Ints
    """Row of the shape of the model."""
    ring: Ints
    """Number among the parts of that shape, from 1."""
    part: Ints
    """Number of that shape among those of its object, from 1."""
    points: list[Floats]
    masks: pl.Series
    vertices: pl.Series


def texts(s: ImageSet, populations: tuple[Population, ...], columns: list[Placed], flags: Table | None, outlines: Outlines) -> Iterator[bytes]:
    """The shapes joined by commas, some thousand at a time."""
    objects = _objects(s, populations, columns, flags)
    owner = s.shapes.frame["object"].to_numpy().astype(np.int64)
    part = np.arange(len(owner)) - np.searchsorted(owner, owner) + 1
    masked = is_masked(s.shapes, outlines)
    group = _groups(s, owner, masked)
    for first in range(0, len(owner), SHAPES):
        chosen = np.arange(first, min(first + SHAPES, len(owner)))
        yield _texts(s, _rows(s.shapes.take(chosen), part[chosen], first, masked[chosen]), objects, group)


def _objects(s: ImageSet, populations: tuple[Population, ...], columns: list[Placed], flags: Table | None) -> pl.DataFrame:
    """Per object: texts of its label, populations, flags, further members and attributes."""
    count = len(s.objects)
    none = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    values = [(one, cells(s.tables[one.table].frame[one.column.name], one.column)) for one in columns]
    outer, inner = ([(one.key, text) for one, text in values if one.inside == inside] for inside in (False, True))
    own = [] if flags is None else [(column.name, cells(flags.frame[column.name], column)) for column in flags.columns]
    names = {one.id: label_of(one) for one in populations}
    clear = {one.id for one in populations if list(names.values()).count(names[one.id]) == 1}
    grouped = s.membership.frame.sort("object", "nth_of_object").group_by("object", maintain_order=True).agg("population")
    lists = grouped["population"].to_list()
    listed = [None if len(one) == 1 and one[0] in clear else dumps(one).decode() for one in lists]
    first = pl.Series([names[one[0]] for one in lists], dtype=pl.Utf8)
    return pl.DataFrame(
        {
            "label": quoted(pl.Series([UNCLASSIFIED]).new_from_index(0, count).clone().scatter(grouped["object"], first)),
            "populations": pl.Series(["[]"]).new_from_index(0, count).clone().scatter(grouped["object"], pl.Series(listed, dtype=pl.Utf8)),
            "flags": in_braces(entries(own) if own else none),
            "outer": entries(outer) if outer else none,
            "inner": in_braces(entries(inner) if inner else none),
        }
    )


def is_masked(shapes: Shapes, outlines: Outlines) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(shapes,) Which shapes are written as masks."""
    holes = has_holes(shapes.rings) & is_kind(shapes, RINGED)
    return holes | is_kind(shapes, (ShapeKind.TRACED,)) if outlines == "mask" else holes


def _groups(s: ImageSet, owner: Ints, masked: np.ndarray[Any, np.dtype[np.bool_]]) -> pl.Series:
    """The group of every object: its id if that is a whole number, else a free number if it has several shapes, else null."""
    ids = s.objects.frame["id"]
    own = pl.select(pl.when(ids.str.contains(r"^(0|[1-9][0-9]{0,14})$")).then(ids).cast(pl.Int64)).to_series()
    found = own.fill_null(-1).to_numpy().copy()
    rings = np.where(masked | ~is_kind(s.shapes, RINGED), 1, np.diff(s.shapes.rings.shape_start))
    several = np.flatnonzero((np.bincount(owner, rings, minlength=len(found)) > 1) & (found < 0))
    found[several] = np.setdiff1d(np.arange(1, len(found) + 1), found)[: len(several)]
    return pl.select(pl.when(pl.Series(found) >= 0).then(pl.Series(found))).to_series()


def _rows(shapes: Shapes, part: Ints, first: int, is_mask: np.ndarray[Any, np.dtype[np.bool_]]) -> Rows:
    """What stands in the file for each shape: a polygon per part, or a mask."""
    kinds = shapes.frame["kind"].cast(pl.Utf8).to_list()
    width = shapes.frame["width"].fill_null(0.0).to_list()
    masked = np.flatnonzero(is_mask)
    blocks = blocks_of(shapes.rings.take(masked))
    made = Rows(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), [], pl.Series(), pl.Series())
    shape, ring, pictures, exact = [], [], [], []
    for row, kind in enumerate(kinds):
        for nth, xy in enumerate([None] if is_mask[row] else _outer(shapes.rings, row), 1):
            picture = vertices = None
            if xy is None:
                pixels, left, top = painted(blocks, int(np.searchsorted(masked, row)))
                points = np.array([[left, top], [left + pixels.shape[1] - 1, top + pixels.shape[0] - 1]], np.float64)
                picture = packed(pixels.astype(np.uint8) * np.uint8(255))
            else:
                points, vertices = _points(kind, xy, width[row])
            shape.append(first + row)
            ring.append(nth)
            made.points.append(points)
            pictures.append(None if picture is None else f'"{picture}"')
            exact.append(vertices)
    made.shape, made.ring = np.array(shape, np.int64), np.array(ring, np.int64)
    made.part = part[made.shape - first]
    made.masks, made.vertices = pl.Series(pictures, dtype=pl.Utf8), pl.Series(exact, dtype=pl.Utf8)
    return made


def _outer(rings: Rings, row: int) -> list[Floats]:
    """The rings of a shape without holes."""
    first, last = rings.shape_rings[row], rings.shape_rings[row + 1]
    return [rings.coords[rings.ring_start[ring] : rings.ring_start[ring + 1]] for ring in range(first, last)]


def _points(kind: str, xy: Floats, width: float) -> tuple[Floats, str | None]:
    """The points of a shape, and its exact vertices where the points do not say them."""
    name = TYPES[kind]
    if name not in ("circle", "oriented_rectangle"):
        return xy, None
    vertices = xy if name == "circle" else np.concatenate([xy, [[width, 0.0]]])
    points = points_of(name, vertices)
    same = np.array_equal(vertices_of(name, points), vertices)
    return points, None if same else dumps(vertices.tolist()).decode()


def _texts(s: ImageSet, rows: Rows, objects: pl.DataFrame, groups: pl.Series) -> bytes:
    shapes = s.shapes.frame[rows.shape]
    owner = shapes["object"].to_numpy()
    main = pl.Series((rows.part == 1) & (rows.ring == 1))
    mine, things = objects[owner], s.objects.frame[owner]
    group = groups.gather(owner)
    kind = shapes["kind"].cast(pl.Utf8)
    type_ = pl.select(pl.when(rows.masks.is_not_null()).then(pl.lit("mask")).otherwise(kind.replace_strict(TYPES, return_dtype=pl.Utf8))).to_series()
    usual = pl.select(pl.when((type_ == "polygon") & (kind != "polygon")).then(pl.lit("polygon")).otherwise(kind)).to_series()
    said = side_members(things, group.cast(pl.Utf8))
    side = [(key, values if key == "id" else values.set(~main, None)) for key, values in said if key != "name"]
    side.append(("name", pl.select(pl.when(main & (things["name"] == "")).then(pl.lit('""'))).to_series()))
    side += shape_members(shapes, usual, pl.Series(rows.part))
    ring = pl.Series(rows.ring)
    side += [("ring", ring.cast(pl.Utf8).set(ring == 1, None)), ("populations", mine["populations"].set(~main, None)), ("vertices", rows.vertices)]
    parts = [
        ("label", mine["label"]),
        ("points", _points_text(rows.points)),
        ("group_id", group.cast(pl.Utf8).fill_null("null")),
        ("description", quoted(things["name"].fill_null(""))),
        ("shape_type", quoted(type_)),
        ("flags", mine["flags"].set(~main, None).fill_null("{}")),
        ("mask", rows.masks.fill_null("null")),
    ]
    last = [("attributes", mine["inner"].set(~main, None)), ("segue", in_braces(entries(side)))]
    found = [entries(parts), mine["outer"].set(~main, None), entries(last)]
    joined = pl.select(pl.concat_str(pl.lit("{"), pl.concat_list(found).list.drop_nulls().list.join(","), pl.lit("}"))).to_series()
    return ",\n".join(joined.to_list()).encode("utf-8")


def _points_text(points: list[Floats]) -> pl.Series:
    """``[[x,y],[x,y]]`` of every shape."""
    flat = np.concatenate([one.ravel() for one in points])
    behind = np.tile([0, 1], len(flat) // 2)
    behind[np.cumsum([one.size for one in points]) - 1] = 2
    joints = pl.Series([",", "],[", f"]]{_MARK}[["]).gather(behind)
    whole = pl.select(pl.concat_str(numbers(pl.Series(flat)), joints).str.join("")).to_series()[0]
    return pl.Series(["[[" + whole.removesuffix(f"{_MARK}[[")]).str.split(_MARK).explode()
