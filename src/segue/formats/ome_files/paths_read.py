"""Shapes that are given by their vertices: points, lines, polygons, labels."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.ome_points import parse_points
from segue.formats.ome_files import terms
from segue.formats.ome_files.elements import Elements, applied
from segue.formats.ome_files.placed import Placed
from segue.model.rings import Floats, Ints, Rings
from segue.model.shapes import ShapeKind as K


def points(elements: Elements) -> list[Placed]:
    rows = elements.of_kind("Point")
    names = ("X", "Y") if not {"Cx", "Cy"} <= elements.names or "X" in elements.names else ("Cx", "Cy")
    at = applied(elements.transforms[rows], elements.numbers(names, rows))
    hinted = (elements.hints[terms.KIND].gather(rows) == str(K.MULTIPOINT)).fill_null(value=False).to_numpy()
    return [Placed(kind, rows[mine], Rings.simple(at[mine], np.arange(mine.sum() + 1))) for kind, mine in ((K.POINT, ~hinted), (K.MULTIPOINT, hinted))]


def lines(elements: Elements) -> list[Placed]:
    """Lines, and lines with a marker as arrows towards it."""
    rows = elements.of_kind("Line")
    ends = elements.numbers(("X1", "Y1", "X2", "Y2"), rows)
    transforms = elements.transforms[rows]
    first, last = applied(transforms, ends[:, :2]), applied(transforms, ends[:, 2:])
    at_start = (elements.texts("MarkerStart", rows) == "Arrow").fill_null(value=False).to_numpy()
    at_end = (elements.texts("MarkerEnd", rows) == "Arrow").fill_null(value=False).to_numpy()
    backwards, arrow = at_start & ~at_end, at_start | at_end
    first[backwards], last[backwards] = last[backwards], first[backwards].copy()
    double = np.where(at_start & at_end, 1.0, np.nan)[arrow]
    return [Placed.pairs(K.LINE, rows[~arrow], first[~arrow], last[~arrow]), Placed.pairs(K.ARROW, rows[arrow], first[arrow], last[arrow], double=double)]


def paths(elements: Elements) -> list[Placed]:
    """Polylines and polygons."""
    found = []
    for name, kind in (("Polyline", K.POLYLINE), ("Polygon", K.POLYGON)):
        rows = elements.of_kind(name)
        coords, start = _vertices(elements, rows)
        found.append(Placed(kind, rows, Rings.simple(coords, start)))
    return found


def _vertices(elements: Elements, rows: Ints) -> tuple[Floats, Ints]:
    texts = elements.texts("Points", rows)
    if texts.str.contains("points[", literal=True).any():  # schemas before 2012: "points[1,2, 3,4] points1[...] ..."
        texts = texts.str.extract(r"points\[([^\]]*)\]")
    try:
        coords, start = parse_points(texts)
    except ValueError as error:
        raise elements.malformed(int(rows[error.args[0]]), "vertices like 1,2 3,4") from error
    moved = elements.transformed[rows]
    if moved.any():
        owner = np.repeat(np.arange(len(rows)), np.diff(start))
        mine = moved[owner]
        coords = coords.copy()
        coords[mine] = applied(elements.transforms[rows[owner[mine]]], coords[mine])
    return coords, start


def labels(elements: Elements) -> list[Placed]:
    """Texts: OME-XML tells where they begin; the size of the box only if segue noted it."""
    rows = elements.of_kind("Label")
    at = applied(elements.transforms[rows], elements.numbers(("X", "Y"), rows))
    size = np.stack([elements.hints[word].gather(rows).fill_null(0.0).to_numpy() for word in (terms.WIDE, terms.HIGH)], axis=1)
    size = np.where(np.isfinite(size) & (size >= 0), size, 0.0)
    a, c = elements.transforms[rows, 0, 0], elements.transforms[rows, 1, 0]
    turned = (a != 1) | (c != 0)
    angle = np.where(turned, -np.degrees(np.arctan2(c, a)), np.nan)
    return [Placed.pairs(K.TEXT, rows, at, at + size, angle=angle + 0.0)]


def rings_of(text: str) -> Rings | None:
    """Outlines with holes as segue notes them (parts ``;``, rings ``|``, vertices ``x,y x,y``); None if the text is something else."""
    parts = [part.split("|") for part in text.split(";")]
    rings = [ring for part in parts for ring in part]
    try:
        coords, start = parse_points(pl.Series(rings, dtype=pl.Utf8))
    except ValueError:
        return None
    if (np.diff(start) < 1).any():
        return None
    part_start = np.cumsum([0, *(len(part) for part in parts)])
    return Rings(coords, start, part_start, np.array([0, len(parts)]))
