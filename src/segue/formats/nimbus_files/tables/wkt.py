"""Shapes as well-known text and back (OGC 06-103r4: POINT, LINESTRING, POLYGON, MULTIPOLYGON), whole columns at a time."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.nimbus_files.tables.texts import python_texts
from segue.model.rings import Ints, Rings, laid_out
from segue.model.shapes import Shapes, joined

_BLOCK = 20_000
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PAIR = rf"{_NUMBER} {_NUMBER}"
_LIST = rf"\({_PAIR}(?:,{_PAIR})*\)"
_POLYGON = rf"\({_LIST}(?:,{_LIST})*\)"
_WHOLE = rf"^(?:POINT\({_PAIR}\)|LINESTRING{_LIST}|POLYGON{_POLYGON}|MULTIPOLYGON\({_POLYGON}(?:,{_POLYGON})*\))$"


def wkt(shapes: Shapes) -> pl.Series:
    """(shapes,) Text of points, lines, rectangles (as polygons) and rings."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    rings, closed = _closed(shapes, kind)
    places = pl.select(pl.concat_str(python_texts(pl.Series(rings.coords[:, 0])), pl.lit(" "), python_texts(pl.Series(rings.coords[:, 1])))).to_series()
    ring = _joined(places, rings.ring_start)
    part = _joined(ring, rings.part_start)
    whole = _joined(part, rings.shape_start)
    parts = pl.Series(np.diff(rings.shape_start))
    bare = ring.gather(rings.part_start[rings.shape_start[:-1]]) if len(rings) else ring
    text = (
        pl.when(pl.lit(kind == "point"))
        .then(pl.concat_str(pl.lit("POINT "), bare))
        .when(pl.lit(~pl.Series(closed)))
        .then(pl.concat_str(pl.lit("LINESTRING "), bare))
        .when(pl.lit(parts == 1))
        .then(pl.concat_str(pl.lit("POLYGON "), whole.str.slice(1, whole.str.len_chars() - 2)))
        .otherwise(pl.concat_str(pl.lit("MULTIPOLYGON "), whole))
    )
    return pl.select(text.alias("WKT")).to_series()


def _closed(shapes: Shapes, kind: pl.Series) -> tuple[Rings, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The rings with the first vertex repeated where they enclose something; rectangles as four corners."""
    from segue.geometry.figures import rectangles
    from segue.geometry.tidy import replaced

    rings = shapes.rings
    boxes = np.flatnonzero((kind == "rectangle").to_numpy())
    rings = replaced(rings, boxes, rectangles(rings.take(boxes))) if len(boxes) else rings
    closed = (~kind.is_in(["point", "line", "polyline"])).to_numpy()
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_rings))
    more = closed[shape].astype(np.int64)
    length = np.diff(rings.ring_start)
    start, index = laid_out(rings.ring_start[:-1], length + more)
    ends = start[1:][more > 0] - 1
    index[ends] = rings.ring_start[:-1][more > 0]
    return Rings(rings.coords[index], start, rings.part_start, rings.shape_start), closed


def _joined(texts: pl.Series, start: Ints) -> pl.Series:
    """The texts of each run in brackets."""
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    frame = pl.DataFrame({"owner": owner, "text": texts}).group_by("owner", maintain_order=True).agg(pl.col("text").str.join(", "))
    return frame.select(pl.concat_str(pl.lit("("), "text", pl.lit(")")))["literal"]


def is_wkt(texts: pl.Series) -> bool:
    """Whether all texts that are there are shapes."""
    there = texts.drop_nulls()
    return all(bool(_tight(there.slice(begin, _BLOCK)).str.contains(_WHOLE).all()) for begin in range(0, len(there), _BLOCK))


def _tight(texts: pl.Series) -> pl.Series:
    """Without spaces beside brackets and commas."""
    return texts.str.strip_chars().str.replace_all(r"\s*([(),])\s*", "$1").str.replace_all(r"\s+", " ").str.to_uppercase()


def shapes_of(texts: pl.Series, rows: pl.Series, is_box: pl.Series) -> Shapes:
    """The shapes that texts are; 20,000 at a time.

    Parameters
    ----------
    texts
        Which ``is_wkt`` takes, none missing.
    rows
        The object of each.
    is_box
        Which are rectangles, if they have four upright corners.
    """
    blocks = [_some(*(one.slice(begin, _BLOCK) for one in (texts, rows, is_box))) for begin in range(0, len(texts), _BLOCK)]
    return joined(blocks) if blocks else Shapes.empty()


def _some(texts: pl.Series, rows: pl.Series, is_box: pl.Series) -> Shapes:
    tight = _tight(texts)
    kind = tight.str.extract(r"^([A-Z]+)")
    depth = kind.replace_strict({"POINT": 1, "LINESTRING": 1, "POLYGON": 2, "MULTIPOLYGON": 3}, return_dtype=pl.Int64)
    body = tight.str.strip_prefix("MULTI").str.replace(r"^[A-Z]+\(+", "").str.strip_chars_end(")")
    part, part_count = _split(body, ")),((")
    ring, ring_count = _split(part, "),(")
    place, place_count = _split(ring, ",")
    halves = place.str.split_exact(" ", 1).struct.unnest()
    coords = np.column_stack([halves[name].cast(pl.Float64).to_numpy() for name in halves.columns]) if len(place) else np.empty((0, 2))
    rings = Rings(coords, _offsets(place_count), _offsets(ring_count), _offsets(part_count))
    rings = _opened(rings, (depth > 1).to_numpy())
    names = kind.replace_strict({"POINT": "point", "LINESTRING": "polyline", "POLYGON": "polygon", "MULTIPOLYGON": "polygon"}, return_dtype=pl.Utf8)
    return _boxed(Shapes(pl.DataFrame({"object": rows.cast(pl.Int32), "kind": names}), rings), is_box)


def _split(texts: pl.Series, mark: str) -> tuple[pl.Series, pl.Series]:
    found = texts.str.split(mark)
    return found.explode(), found.list.len()


def _offsets(counts: pl.Series) -> Ints:
    return np.concatenate([[0], np.cumsum(counts.to_numpy())]).astype(np.int64)


def _opened(rings: Rings, closed: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Rings:
    """Without the repeated last vertex of rings."""
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_rings))
    first, last = rings.ring_start[:-1], rings.ring_start[1:] - 1
    less = closed[shape] & (last > first) & (rings.coords[first] == rings.coords[last]).all(axis=1)
    start, index = laid_out(first, np.diff(rings.ring_start) - less)
    return Rings(rings.coords[index], start, rings.part_start, rings.shape_start)


def _boxed(shapes: Shapes, is_box: pl.Series) -> Shapes:
    from segue.geometry.rings import Rings as Measured
    from segue.geometry.tidy import replaced

    rings = shapes.rings
    rows = np.flatnonzero(is_box.to_numpy() & (np.diff(rings.coord_start) == 4) & (np.diff(rings.shape_rings) == 1))
    if not len(rows):
        return shapes
    box = Measured.of(rings.take(rows)).bounds()
    corners = rings.take(rows).coords.reshape(-1, 4, 2)
    upright = ((corners == box[:, None, :2]) | (corners == box[:, None, 2:])).all(axis=(1, 2)) & (box[:, 2:] > box[:, :2]).all(axis=1)
    rows, box = rows[upright], box[upright]
    kind = shapes.frame["kind"].cast(pl.Utf8).scatter(rows, "rectangle") if len(rows) else shapes.frame["kind"]
    small = Rings.simple(box.reshape(-1, 2), np.arange(len(rows) + 1) * 2)
    return Shapes(shapes.frame, replaced(rings, rows, small)).with_columns(kind=kind)
