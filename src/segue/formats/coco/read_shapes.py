"""The shapes of annotations: outlines from segmentations, rectangles from boxes, points from keypoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.json_rows import Member, dense
from segue.errors import Malformed
from segue.formats.annotation_files import Side
from segue.formats.coco.segments import Segments, masks, polygons
from segue.formats.coco.terms import KEYPOINTS
from segue.geometry.rings import Rings as Measured
from segue.geometry.rings import following, sum_runs
from segue.geometry.tidy import is_whole
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import SCHEMA

Floats = npt.NDArray[np.float64]
POINTS = ("point", "multipoint")
RINGED = ("polygon", "freehand", "traced")
DRAWN, RUN, BOXED, POINTED = range(4)
"""Where a shape comes from: polygons, run-length masks, boxes, keypoints."""


@dataclass(frozen=True)
class Drawn:
    """All shapes in the order of their objects."""

    frame: pl.DataFrame
    rings: Rings
    areas: Floats
    """(annotations,) pixels or square pixels of the outline; NaN where there is none."""
    edge: Floats
    """(annotations,) length of the outlines of polygons, else 0."""
    flags: dict[int, list[int]]
    """Annotation -> flags of its keypoints, where one is hidden or not labelled."""
    left_out: int
    unfinished: int


def read_shapes(found: dict[str, Member], own: Sequence[Side], object_: Ints, path: Path) -> Drawn:
    """The shapes of all annotations; ``object_``: the object of each.

    Raises
    ------
    Malformed
    """
    count = len(own)
    drawn, run = _segmentations(found.get("segmentation", Member()), path)
    filled = np.zeros(count, np.bool_)
    for one in (drawn, run):
        filled[one.rows[np.diff(one.rings.coord_start) > 0]] = True
    bare = np.array([side.kind in POINTS for side in own], np.bool_)
    boxes = _boxes(found.get("bbox"), filled | bare, count, path)
    drawn, rectangles = _split(drawn, own)
    points, flags = _keypoints(found.get("keypoints"), path)
    pieces = (drawn, run, _both(boxes, rectangles), points)
    rings = concat([one.rings for one in pieces])
    rows = np.concatenate([one.rows for one in pieces])
    source = np.repeat(np.arange(len(pieces)), [len(one.rows) for one in pieces])
    areas, edge = _areas(pieces, count)
    part = np.array([side.part for side in own], np.int64)
    kept = np.flatnonzero(np.diff(rings.coord_start) > 0)
    order = kept[np.lexsort((source[kept], part[rows[kept]], object_[rows[kept]]))]
    filled[boxes.rows] = True
    rings = rings.take(order)
    return Drawn(_frame(rows[order], source[order], rings, own, object_, filled), rings, areas, edge, flags, drawn.repaired, run.unfinished)


def _both(one: Segments, other: Segments) -> Segments:
    return Segments(np.concatenate([one.rows, other.rows]), concat([one.rings, other.rings]), one.areas)


def _segmentations(member: Member, path: Path) -> tuple[Segments, Segments]:
    """Polygons and masks; null, or no segmentation, is neither."""
    lists: tuple[list[int], list[int]] = ([], [])
    for nth, value in enumerate(member.values):
        first = bytes(memoryview(value)[:1])
        if first in b"[{":
            lists[first == b"{"].append(nth)
        elif first != b"n":
            raise Malformed(
                f"{path} is damaged: a segmentation is neither a list nor a mask", path=path, position="segmentation", expected="polygons or a mask"
            )
    one, other = (([member.rows[nth] for nth in chosen], [member.values[nth] for nth in chosen]) for chosen in lists)
    return polygons(*one, path), masks(*other, path)


def _boxes(member: Member | None, taken: npt.NDArray[np.bool_], count: int, path: Path) -> Segments:
    """Rectangles of annotations that have nothing but a box."""
    found = dense(member, count, list[float] | None, "boxes", path)
    some = [(row, box) for row, box in enumerate(found) if box and not taken[row]]
    if any(len(box) != 4 for _, box in some):
        raise Malformed(f"{path} is damaged: a box is [x, y, width, height]", path=path, position="bbox", expected="four numbers")
    some = [(row, box) for row, box in some if box[2] > 0 and box[3] > 0]
    corners = np.array([box for _, box in some], np.float64).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    return Segments(np.array([row for row, _ in some], np.int64), Rings.simple(corners.reshape(-1, 2), np.arange(len(some) + 1) * 2), np.empty(0))


def _keypoints(member: Member | None, path: Path) -> tuple[Segments, dict[int, list[int]]]:
    """Labelled keypoints as multipoints; flags where not all are labelled and visible."""
    rows: list[int] = []
    xy: list[Floats] = [np.empty((0, 2))]
    flags: dict[int, list[int]] = {}
    found = dense(member, (member.rows[-1] + 1) if member and member.rows else 0, list[float] | None, "keypoints", path)
    for row, values in enumerate(found):
        if not values:
            continue
        if len(values) % 3:
            raise Malformed(f"{path} is damaged: keypoints are lists of x, y, flag", path=path, position="keypoints", expected="three numbers per point")
        triples = np.array(values, np.float64).reshape(-1, 3)
        rows.append(row)
        xy.append(triples[triples[:, 2] > 0, :2])
        if (triples[:, 2] != 2).any():
            flags[row] = [int(flag) for flag in np.clip(triples[:, 2], 0, 2)]
    start = np.cumsum([0, *map(len, xy[1:])])
    return Segments(np.array(rows, np.int64), Rings.simple(np.concatenate(xy), start), np.empty(0)), flags


def _areas(pieces: Sequence[Segments], count: int) -> tuple[Floats, Floats]:
    drawn, run, boxes, points = pieces
    found = np.full(count, np.nan)
    found[points.rows] = box_areas(points.rings)
    found[boxes.rows] = box_areas(boxes.rings)
    found[run.rows] = run.areas
    filled = np.diff(drawn.rings.coord_start) > 0
    found[drawn.rows[filled]] = Measured.of(drawn.rings).areas()[filled]
    edge = np.zeros(count)
    steps = drawn.rings.coords[following(drawn.rings.ring_start)] - drawn.rings.coords
    edge[drawn.rows[filled]] = sum_runs(np.hypot(steps[:, 0], steps[:, 1]), drawn.rings.coord_start)[filled]
    return found, edge


def box_areas(rings: Rings) -> Floats:
    """(shapes,) The area of the box around each shape; 0 where it has no vertex."""
    box = Measured.of(rings).bounds()
    found: Floats = np.nan_to_num((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]))
    return found


def _frame(rows: Ints, source: Ints, rings: Rings, own: Sequence[Side], object_: Ints, outlined: npt.NDArray[np.bool_]) -> pl.DataFrame:
    mine = [own[row] for row in rows.tolist()]
    hint = pl.Series([side.kind for side in mine], dtype=pl.Utf8)
    role = pl.Series([side.role for side in mine], dtype=pl.Utf8)
    beside = pl.Series((source == POINTED) & (outlined[rows] | (~hint.is_in(POINTS) & (role == "outline")).to_numpy()))
    columns = {
        "object": pl.Series(object_[rows], dtype=pl.Int32),
        "role": pl.select(pl.when(beside).then(pl.lit(KEYPOINTS)).otherwise(role)).to_series(),
        "z": pl.Series([side.z for side in mine], dtype=pl.Int32),
        "c": pl.Series([side.c for side in mine], dtype=pl.Int32),
        "kind": _kinds(pl.Series(source), hint, rings),
    }
    return pl.DataFrame(columns, schema_overrides=SCHEMA).select(
        *(pl.col(name) if name in columns else pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items())
    )


def _kinds(source: pl.Series, hint: pl.Series, rings: Rings) -> pl.Series:
    """The kind of every shape: what segue noted, as far as the geometry still is one, else what the annotation says."""
    ringed = hint.is_in(RINGED) & ((hint != "traced") | pl.Series(is_whole(rings)))
    single = (hint == "point") & pl.Series(np.diff(rings.coord_start) == 1)
    kind = (
        pl.when(source == DRAWN)
        .then(pl.when(ringed).then(hint).otherwise(pl.lit("polygon")))
        .when(source == RUN)
        .then(pl.lit("traced"))
        .when(source == BOXED)
        .then(pl.lit("rectangle"))
        .when(single)
        .then(pl.lit("point"))
        .otherwise(pl.lit("multipoint"))
    )
    return pl.select(kind).to_series()


def _split(drawn: Segments, own: Sequence[Side]) -> tuple[Segments, Segments]:
    """Polygons, and those that segue wrote for rectangles and that still are ones."""
    boxed = np.array([own[row].kind == "rectangle" for row in drawn.rows.tolist()], np.bool_) & (np.diff(drawn.rings.coord_start) == 4)
    corners = drawn.rings.take(boxed).coords.reshape(-1, 4, 2)
    upright = (corners[:, 0] == corners[:, [3, 1], [0, 1]]).all(axis=1) & (corners[:, 2] == corners[:, [1, 3], [0, 1]]).all(axis=1)
    boxed[np.flatnonzero(boxed)[~upright]] = False
    rectangles = Rings.simple(corners[upright][:, [0, 2]].reshape(-1, 2), np.arange(int(upright.sum()) + 1) * 2)
    rest = Segments(drawn.rows[~boxed], drawn.rings.take(~boxed), drawn.areas, drawn.repaired)
    return rest, Segments(drawn.rows[boxed], rectangles, drawn.areas)
