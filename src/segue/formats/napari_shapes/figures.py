"""Shapes as napari's five types, and back. Used when reading and when fitting, so both agree."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.napari_files import FARTHEST, HALF
from segue.formats.shape_files import simplified
from segue.geometry import corners
from segue.geometry.nest import nest
from segue.geometry.seams import cut_rings, joined_rings
from segue.model.rings import Bools, Floats, Rings, concat
from segue.model.shapes import PARAMETERS, STYLE, ShapeKind, Shapes

K = ShapeKind
TYPES = {
    K.LINE: "line",
    K.POLYLINE: "path",
    K.RECTANGLE: "rectangle",
    K.ROTATED_RECTANGLE: "rectangle",
    K.OVAL: "ellipse",
    K.ELLIPSE: "ellipse",
    K.POLYGON: "polygon",
}
"""The type that each kind is saved as."""
_FEWEST = {"line": 2, "path": 2, "rectangle": 4, "ellipse": 4, "polygon": 3}


def fitted(shapes: Shapes) -> Shapes:
    """Shapes as they will be read back; those that napari cannot hold are left out."""
    shapes = simplified(shapes, tuple(TYPES))
    shapes = _sorted(shapes.take(np.flatnonzero(_near(shapes.rings))))
    shapes = _apart(shapes).with_columns(c=None, **dict.fromkeys(STYLE))
    types, rings = drawn(shapes)
    good = np.flatnonzero(_enough(types, rings))
    shapes, types = shapes.take(good), types.gather(good)
    rings = rings.take(good).translated(-HALF, -HALF).translated(HALF, HALF)
    kinds, rings, facts = understood(types, rings)
    frame = shapes.frame.with_columns(*(pl.lit(None).alias(name) for name in PARAMETERS)).with_columns(kind=kinds, **facts)
    return Shapes(frame, rings)


def _sorted(shapes: Shapes) -> Shapes:
    """In the order of the objects."""
    owner = shapes.frame["object"].to_numpy()
    return shapes if (np.diff(owner) >= 0).all() else shapes.take(np.argsort(owner, kind="stable").astype(np.int64))


def _near(rings: Rings) -> Bools:
    far = np.concatenate([[0], np.cumsum(~(np.abs(rings.coords) < FARTHEST).all(axis=1))])
    found: Bools = far[rings.coord_start[1:]] == far[rings.coord_start[:-1]]
    return found


def _apart(shapes: Shapes) -> Shapes:
    """Polygons whose parts one ring cannot tell, because they overlap, as one shape per part."""
    rings = shapes.rings
    parts = np.diff(rings.shape_start)
    several = np.flatnonzero(parts > 1)
    mine = rings.take(several)
    split = np.zeros(len(shapes), np.bool_)
    split[several] = ~mine.same(nest(cut_rings(joined_rings(mine))))
    if not split.any():
        return shapes
    part = np.arange(len(rings.part_start) - 1)
    ends = [rings.shape_start[1:][~split], part[np.repeat(split, parts)] + 1]
    shape_start = np.concatenate([[0], np.sort(np.concatenate(ends))])
    return Shapes(
        shapes.frame[np.repeat(np.arange(len(shapes)), np.where(split, parts, 1))], Rings(rings.coords, rings.ring_start, rings.part_start, shape_start)
    )


def drawn(shapes: Shapes) -> tuple[pl.Series, Rings]:
    """napari's type of each shape, and its vertices as one ring each (still from the corner of the first pixel)."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    types = kind.replace_strict({str(own): name for own, name in TYPES.items()}, return_dtype=pl.Utf8)
    found, order = [], []
    for own in TYPES:
        rows = np.flatnonzero((kind == str(own)).to_numpy())
        if len(rows):
            found.append(_vertices(own, shapes.take(rows.astype(np.int64))))
            order.append(rows)
    if not found:
        return types, Rings.empty()
    return types, concat(found).take(np.argsort(np.concatenate(order), kind="stable"))


def _vertices(kind: ShapeKind, shapes: Shapes) -> Rings:
    rings = shapes.rings
    if kind is K.POLYGON:
        return joined_rings(rings)
    if kind in (K.LINE, K.POLYLINE):
        return Rings.simple(rings.coords, rings.coord_start)
    good = np.diff(rings.coord_start) == 2
    pairs = np.full((len(good), 2, 2), np.nan)
    pairs[good] = rings.take(np.flatnonzero(good)).coords.reshape(-1, 2, 2)
    if kind is K.ROTATED_RECTANGLE:
        four = corners.rectangle_corners(pairs, shapes.frame["width"].fill_null(0.0).to_numpy())
    elif kind is K.ELLIPSE:
        four = corners.ellipse_corners(pairs, shapes.frame["ratio"].fill_null(1.0).to_numpy())
    else:
        four = corners.box_corners(pairs)
    return Rings.simple(four.reshape(-1, 2), np.arange(len(four) + 1) * 4)


def _enough(types: pl.Series, rings: Rings) -> Bools:
    """Which shapes have as many vertices as their type needs, all of them near the image."""
    fewest = types.replace_strict(_FEWEST, return_dtype=pl.Int64).to_numpy()
    found: Bools = (np.diff(rings.coord_start) >= fewest) & _near(rings)
    return found


def understood(types: pl.Series, rings: Rings) -> tuple[pl.Series, Rings, dict[str, pl.Series]]:
    """Kinds, geometry and parameters of shapes of napari's types; boxes have four corners each (from the corner of the first pixel)."""
    kind = types.replace_strict({"line": str(K.LINE), "path": str(K.POLYLINE), "polygon": str(K.POLYGON)}, default=str(K.RECTANGLE), return_dtype=pl.Utf8)
    pieces, order = [], []
    facts = {name: np.full(len(types), np.nan) for name in ("width", "ratio")}
    kinds = kind.to_numpy().astype(object)
    plain = np.flatnonzero(types.is_in(["line", "path"]).to_numpy())
    polygons = np.flatnonzero((types == "polygon").to_numpy())
    pieces += [rings.take(plain), nest(cut_rings(rings.take(polygons)))]
    order += [plain, polygons]
    for name, own, parameter in (("rectangle", K.ROTATED_RECTANGLE, "width"), ("ellipse", K.ELLIPSE, "ratio")):
        rows = np.flatnonzero((types == name).to_numpy())
        four = rings.take(rows).coords.reshape(-1, 4, 2)
        found = corners.rectangles(four) if name == "rectangle" else corners.ellipses(four)
        kinds[rows] = np.where(found.upright, str(K.RECTANGLE if name == "rectangle" else K.OVAL), str(own))
        facts[parameter][rows] = np.where(found.upright, np.nan, found.size)
        pieces.append(_pairs(np.where(found.upright[:, None, None], found.box, found.ends)))
        order.append(rows)
        if name == "rectangle" and (found.skewed & ~found.upright).any():
            skewed = found.skewed & ~found.upright
            kinds[rows[skewed]], facts[parameter][rows[skewed]] = str(K.POLYGON), np.nan
            pieces[-1] = _with(pieces[-1], skewed, four)
    merged = concat(pieces).take(np.argsort(np.concatenate(order), kind="stable"))
    return pl.Series(kinds.tolist(), dtype=pl.Utf8), merged, {name: pl.Series(values).fill_nan(None) for name, values in facts.items()}


def _pairs(pairs: Floats) -> Rings:
    return Rings.simple(pairs.reshape(-1, 2), np.arange(len(pairs) + 1) * 2)


def _with(rings: Rings, rows: Bools, four: Floats) -> Rings:
    """The geometry with the four corners themselves in some rows."""
    own = Rings.simple(four[rows].reshape(-1, 2), np.arange(int(rows.sum()) + 1) * 4)
    order = np.arange(len(rows))
    order[rows] = len(rows) + np.arange(int(rows.sum()))
    return concat([rings, own]).take(order)
