"""Annotations as shapes: corners of the image's pixels, as they stand."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.nimbus_files.read_objects import at_or_all
from segue.formats.nimbus_files.read_rows import Rows
from segue.formats.nimbus_files.terms import LINE, POINT, POLYGON, RECTANGLE
from segue.geometry.rings import Rings as Measured
from segue.geometry.slits import unslit_rings
from segue.geometry.tidy import is_whole, replaced
from segue.model.rings import Floats, Ints, Rings, gather
from segue.model.shapes import ShapeKind, Shapes

_KINDS = {POINT: "point", LINE: "polyline", POLYGON: "polygon", RECTANGLE: "rectangle"}
_SIDE = {LINE: ("line",), POLYGON: ("freehand", "traced")}
"""Kinds that a member ``segue`` may name."""
_AREAS = ["polygon", "freehand", "traced"]


def shapes_of(rows: Rows, side: pl.DataFrame | None, mine: Ints, object_row: Ints, everywhere: str) -> Shapes:
    """The shapes of one image set, in the order of its objects; annotations without vertices have none."""
    start, vertices = (rows.start, slice(None)) if len(mine) == len(rows.start) - 1 else gather(rows.start, mine)
    rings = Rings.simple(rows.coords[vertices], start)
    there = np.flatnonzero(np.diff(start) > 0)
    if len(there) < len(mine):
        rings, mine = rings.take(there), mine[there]
    said = None if side is None else side[mine]
    frame = rows.frame[mine]
    several = pl.Series(np.diff(rings.coord_start) > 1)
    kind = frame["shape"].replace_strict(_KINDS, return_dtype=pl.Utf8)
    kind = pl.select(pl.when((kind == "point") & several).then(pl.lit("multipoint")).otherwise(kind).alias("kind"))["kind"]
    frame = pl.DataFrame(
        {
            "object": pl.Series(object_row[mine], dtype=pl.Int32),
            "role": pl.Series(["outline"]).new_from_index(0, len(mine)) if said is None else said["role"].fill_null("outline"),
            "z": at_or_all(frame["z"], said, "z", everywhere).cast(pl.Int32),
            "c": at_or_all(frame["c"], said, "c", everywhere).cast(pl.Int32),
            "kind": kind,
        }
    )
    frame, rings = _boxed(frame, rings)
    if said is None:
        return Shapes(frame, rings)
    frame = frame.with_columns(kind=_stated(frame["kind"], said["kind"], rings))
    told = said.with_columns(starts=pl.when(frame["kind"].is_in(_AREAS)).then("starts"))
    return _joined(frame, unslit_rings(rings, told), said)


def _boxed(frame: pl.DataFrame, rings: Rings) -> tuple[pl.DataFrame, Rings]:
    """Rectangles as two corners, whichever corner they begin with; those whose sides are not upright are polygons, one corner is a point."""
    boxes = np.flatnonzero((frame["kind"] == "rectangle").to_numpy())
    if not len(boxes):
        return frame, rings
    own = rings.take(boxes)
    box = Measured.of(own).bounds()
    upright = _upright(own, box)
    corners = Rings.simple(box[upright].reshape(-1, 2), np.arange(upright.sum() + 1) * 2)
    slanted = boxes[~upright]
    if len(slanted):
        kind = frame["kind"].clone().scatter(slanted, "polygon")
        frame = frame.with_columns(kind=kind)
    return frame, replaced(rings, boxes[upright], corners) if upright.any() else rings


def _upright(rings: Rings, box: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which are made of corners of their box: all four of them (which may be named twice), or two opposite ones."""
    start = rings.coord_start
    owner = np.repeat(np.arange(len(rings)), np.diff(start))
    x, y = rings.coords[:, 0], rings.coords[:, 1]
    left, top, right, bottom = (x == box[owner, 0]), (y == box[owner, 1]), (x == box[owner, 2]), (y == box[owner, 3])
    corner = (left | right) & (top | bottom)
    on_corner = np.concatenate([[0], np.cumsum(corner)])
    whole = np.diff(on_corner[start]) == np.diff(start)
    steps = np.ones(len(x), np.bool_)
    steps[:-1] = (x[1:] == x[:-1]) | (y[1:] == y[:-1])
    steps[start[1:][np.diff(start) > 0] - 1] = True
    straight = np.concatenate([[0], np.cumsum(steps)])
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = whole & ((np.diff(straight[start]) == np.diff(start)) | (np.diff(start) == 2))
    return found


def _stated(kind: pl.Series, said: pl.Series, rings: Rings) -> pl.Series:
    """The kind that the side member names, where the geometry can be of that kind."""
    if said.null_count() == len(said):
        return kind
    vertices = pl.Series(np.diff(rings.coord_start))
    whole = pl.Series(is_whole(rings))
    line = (kind == "polyline") & (said == str(ShapeKind.LINE)) & (vertices == 2)
    area = (kind == "polygon") & ((said == str(ShapeKind.FREEHAND)) | ((said == str(ShapeKind.TRACED)) & whole))
    return pl.select(pl.when((line | area).fill_null(value=False)).then(said).otherwise(kind).alias("kind"))["kind"]


def _joined(frame: pl.DataFrame, rings: Rings, said: pl.DataFrame) -> Shapes:
    """Parts of one shape and holes of one part put together, shapes in the order of their objects."""
    if said["of"].null_count() == len(said):
        return Shapes(frame, rings)
    keys = (
        frame.select("object")
        .with_columns(shape=said["shape"].fill_null(1), part=said["part"].fill_null(1), hole=said["hole"].fill_null(0))
        .with_row_index("row")
    )
    order = keys.sort("object", "shape", "part", "hole", "row")
    rows = order["row"].to_numpy().astype(np.int64)
    area = frame["kind"].is_in(_AREAS).gather(rows)
    same = (order["object"] == order["object"].shift()) & (order["shape"] == order["shape"].shift()) & area & area.shift()
    hole = same & (order["hole"] > 0) & (order["part"] == order["part"].shift())
    begins_part = ~hole.fill_null(value=False).to_numpy()
    first = np.flatnonzero(~(hole | (same & (order["part"] > 1))).fill_null(value=False).to_numpy())
    taken = rings.take(rows)
    number = np.cumsum(begins_part) - 1
    parts = np.append(taken.part_start[:-1][begins_part], taken.part_start[-1])
    flat = Rings(taken.coords, taken.ring_start, parts, np.append(number[first], len(parts) - 1))
    return Shapes(frame[rows[first]], flat)
