"""From the shapes of a document to the shapes of the model: kinds, parts, planes, colours."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import polars as pl

from segue.errors import TooLarge
from segue.formats.ome_files import terms
from segue.formats.ome_files.elements import Elements
from segue.formats.ome_files.figures_read import ellipses, rectangles
from segue.formats.ome_files.masks_read import masks
from segue.formats.ome_files.paths_read import labels, lines, paths, points, rings_of
from segue.formats.ome_files.placed import Placed
from segue.formats.ome_files.styles import style_columns
from segue.model.rings import Bools, Floats, Ints, Rings, concat
from segue.model.shapes import PARAMETERS, RINGED, VERTICES, Shapes
from segue.model.shapes import ShapeKind as K

MOST_NOTED = 1 << 26
"""Vertices of outlines with holes, which shapes can share."""
_OTHER: dict[K, tuple[K, ...]] = {
    K.POLYGON: (K.FREEHAND, K.TRACED, K.SPLINE),
    K.POLYLINE: (K.ANGLE, K.SPLINE),
    K.LINE: (K.ARROW,),
}
"""What an element may be besides what its name says, if segue noted it."""


def read_shapes(elements: Elements, objects: Ints, colour: pl.Series) -> Shapes:
    """All shapes in the order of their objects.

    Parameters
    ----------
    elements
        The shapes of the document.
    objects
        (shapes of the document,) The row of the object that each belongs to.
    colour
        UInt32 per shape of the document: the colour of that object.
    """
    placed = [*points(elements), *lines(elements), *paths(elements), *labels(elements), *rectangles(elements), *ellipses(elements), *masks(elements)]
    rows = np.concatenate([one.rows for one in placed])
    order = np.argsort(rows, kind="stable")
    rings = concat([one.rings for one in placed]).take(order)
    facts = pl.concat([_facts(one) for one in placed])[order]
    facts = _kinds(elements, facts, rings)
    rings, first = _joined(elements, objects, rings, facts)
    rings = _noted_rings(elements, rings, facts, first)
    frame = facts[first].with_columns(
        object=pl.Series(objects[first].astype(np.int32)),
        role=elements.hints[terms.ROLE].gather(first).fill_null("outline"),
        z=elements.planes("TheZ").gather(first),
        c=elements.planes("TheC").gather(first),
        **{name: values.gather(first) for name, values in style_columns(elements, colour).items()},
    )
    return Shapes(frame, rings)


def _facts(one: Placed) -> pl.DataFrame:
    """Kind and parameters."""
    empty = np.full(len(one.rows), np.nan)
    columns: dict[str, Any] = {name: pl.Series(one.parameters.get(name, empty)).fill_nan(None) for name in PARAMETERS}
    return pl.DataFrame({"kind": pl.Series([str(one.kind)], dtype=pl.Utf8).new_from_index(0, len(one.rows)), **columns})


def _kinds(elements: Elements, facts: pl.DataFrame, rings: Rings) -> pl.DataFrame:
    """The kind that segue noted, where the element can be one; its parameters."""
    hint, kind = elements.hints[terms.KIND], facts["kind"]
    possible = pl.Series(np.zeros(len(facts), bool))
    for named, others in _OTHER.items():
        possible = possible | ((kind == str(named)) & hint.is_in([str(one) for one in others]))
    possible = possible & ((hint != "angle") | pl.Series(np.diff(rings.coord_start) == 3)) & ((hint != "traced") | pl.Series(along_edges(rings)))
    found = pl.select(pl.when(possible.fill_null(value=False)).then(hint).otherwise(kind)).to_series()
    columns = {}
    for name in PARAMETERS:
        having = [str(one) for one in K if name in VERTICES[one][1]]
        noted = pl.when((found == hint).fill_null(value=False)).then(elements.hints[name].fill_nan(None))
        columns[name] = pl.select(pl.when(found.is_in(having)).then(pl.coalesce(facts[name], noted))).to_series()
    if "arrow" in set(found):
        columns["head"] = pl.select(pl.when(found == "arrow").then(columns["head"].fill_null(0.0)).otherwise(columns["head"])).to_series()
    return facts.with_columns(kind=found, **columns)


def along_edges(rings: Rings) -> Bools:
    """(shapes,) Which shapes run along pixel edges: whole numbers, and every step either level or upright."""
    coords, start = rings.coords, rings.ring_start
    after = np.arange(1, len(coords) + 1)
    filled = np.flatnonzero(np.diff(start) > 0)
    after[start[filled + 1] - 1] = start[filled]
    bad = (coords != np.round(coords)).any(axis=1) | (coords != coords[after]).all(axis=1)
    wrong = np.zeros(len(coords) + 1, np.int64)
    np.cumsum(bad, out=wrong[1:])
    found: Bools = np.diff(wrong[rings.coord_start]) == 0
    return found


def _noted_rings(elements: Elements, rings: Rings, facts: pl.DataFrame, first: Ints) -> Rings:
    """Polygons whose holes segue noted get them back, if they are still what they were."""
    hints = elements.hints.select(terms.RINGS, terms.OF)[first]
    area = (facts["kind"].is_in([str(kind) for kind in RINGED]) & (elements.kinds == "Polygon")).gather(first)
    rows = np.flatnonzero((hints[terms.RINGS].is_not_null() & area).to_numpy())
    replaced: list[Rings] = []
    vertices = 0
    order = np.arange(len(rings))
    for row, (text, of) in zip(rows.tolist(), hints[rows].iter_rows(), strict=True):
        noted = rings_of(text) if of == outer_checksum(rings.coords[slice(*rings.coord_start[row : row + 2])]) else None
        if noted is not None:
            vertices += len(noted.coords)
            if vertices > MOST_NOTED:
                raise TooLarge(f"{elements.path} has noted outlines of more than {MOST_NOTED:,} vertices", path=elements.path, limit=MOST_NOTED)
            order[row] = len(rings) + len(replaced)
            replaced.append(noted)
    return concat([rings, *replaced]).take(order) if replaced else rings


def outer_checksum(coords: Floats) -> str:
    """What tells whether the outer rings of an area are still those that segue wrote."""
    return f"{zlib.crc32(np.asarray(coords, '<f8').tobytes()):08x}"


def _joined(elements: Elements, objects: Ints, rings: Rings, facts: pl.DataFrame) -> tuple[Rings, Ints]:
    """Elements that are one shape together as one; and the first element of each shape, sorted by objects."""
    row = pl.int_range(len(facts), eager=True)
    joinable = facts["kind"].is_in([str(kind) for kind in (*RINGED, K.MULTIPOINT)])
    nth = pl.select(pl.when(joinable).then(elements.hints[terms.NTH])).to_series()
    frame = pl.DataFrame({"row": row, "object": objects, "kind": facts["kind"], "nth": nth})
    alone = pl.when(pl.col("nth").is_null()).then("row")
    frame = frame.with_columns(alone.alias("alone")).with_columns(first=pl.col("row").min().over("object", "nth", "alone", "kind"))
    frame = frame.sort("object", "first", "row")
    rings = rings.take(frame["row"].to_numpy())
    begins = np.flatnonzero((frame["first"] != frame["first"].shift(1)).fill_null(value=True).to_numpy())
    ends = np.append(begins, len(frame))
    shape_start = rings.shape_start[ends]
    first = frame["first"].gather(begins).to_numpy().astype(np.int64)
    merged = Rings(rings.coords, rings.ring_start, rings.part_start, shape_start)
    return _one_ring(merged, (facts["kind"].gather(first) == "multipoint").to_numpy()), first


def _one_ring(rings: Rings, which: Bools) -> Rings:
    """The rings of some shapes (each part of them is one ring) laid end to end as a single one."""
    if not which.any():
        return rings
    parts = np.diff(rings.shape_start)
    keep = ~np.repeat(which, parts)
    keep[rings.shape_start[:-1][which & (parts > 0)]] = True
    counts = np.diff(rings.part_start)
    ring_keep = np.repeat(keep, counts)
    ring_start = np.append(rings.ring_start[:-1][ring_keep], rings.ring_start[-1])
    part_start = np.append(0, np.cumsum(counts[keep]))
    shape_start = np.append(0, np.cumsum(np.where(which, np.minimum(parts, 1), parts)))
    return Rings(rings.coords, ring_start, part_start, shape_start)
