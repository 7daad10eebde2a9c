"""Columns that are computed from the shapes of objects: centre, box, area, and the whole shape as WKT. Corner coordinates, pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.nimbus_files.tables.headings import COMPUTED
from segue.formats.nimbus_files.tables.texts import sanitised
from segue.formats.nimbus_files.tables.wkt import wkt
from segue.formats.outline_files import as_rings_or_masks, by_object, finite
from segue.formats.shape_files import simplified
from segue.geometry.rings import Rings as Measured
from segue.model.grid import Grid
from segue.model.objects import unique_texts
from segue.model.shapes import RINGED, ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import Column, Table

TABLE = "shapes"
_BLOCK = 50_000
_KINDS = (ShapeKind.POINT, ShapeKind.LINE, ShapeKind.POLYLINE, ShapeKind.RECTANGLE, *RINGED)


def with_computed(s: ImageSet, wanted: Sequence[str], *, sanitize: bool = False) -> ImageSet:
    """The image set with a table of what was asked for; columns of the same names that are there already stay.

    Of an object with several shapes the first counts. Memory: beside the columns, 50,000 shapes at a time.

    Parameters
    ----------
    s
        With shapes of any kind.
    wanted
        ``centroid``, ``bbox``, ``area``, ``wkt``.
    sanitize
        Whether names are written sanitised: then columns may be there already by such names.
    """
    there = {column.name for table in s.tables.values() for column in table.columns}
    wanted = [one for one in wanted if not there & {*COMPUTED[one], *(sanitised(COMPUTED[one]) if sanitize else ())}]
    shapes = by_object(finite(s.shapes))
    first = np.flatnonzero(shapes.frame["object"].is_first_distinct().to_numpy())
    if not wanted or not len(first):
        return s
    found = pl.concat([_values(_plain(shapes.take(first[begin : begin + _BLOCK])), wanted) for begin in range(0, len(first), _BLOCK)])
    columns = tuple(Column(one.name, "text" if one.dtype == pl.Utf8 else "number") for one in found.get_columns()[1:])
    name = str(unique_texts(pl.Series([*s.tables, TABLE], dtype=pl.Utf8))[-1])
    return replace(s, tables={**s.tables, name: Table("objects", found, columns)})


def _plain(shapes: Shapes) -> Shapes:
    """As points, lines, rectangles and rings; only what has the vertices that it needs."""
    shapes = as_rings_or_masks(simplified(shapes, _KINDS), Grid(), masks=False, holes=True)
    fewest = shapes.frame["kind"].cast(pl.Utf8).replace_strict({"point": 1, "line": 2, "polyline": 2, "rectangle": 2}, default=3, return_dtype=pl.Int64)
    enough = np.diff(shapes.rings.coord_start) >= fewest.to_numpy()
    first = shapes.frame["object"].is_first_distinct().to_numpy()
    return shapes.take(np.flatnonzero(enough & first))


def _values(shapes: Shapes, wanted: Sequence[str]) -> pl.DataFrame:
    """``row`` and the columns of some shapes."""
    columns = [values.alias(name) for one in wanted for name, values in zip(COMPUTED[one], _MAKERS[one](shapes), strict=True)]
    return pl.DataFrame([shapes.frame["object"].alias("row"), *columns])


def _centroids(shapes: Shapes) -> list[pl.Series]:
    """Of areas the centre of gravity, of others the mean of the vertices."""
    rings = shapes.rings
    start = rings.coord_start
    count = np.maximum(np.diff(start), 1)[:, None]
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(rings.coords, axis=0)])
    centre = (sums[start[1:]] - sums[start[:-1]]) / count
    areas = np.flatnonzero(shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in RINGED]).to_numpy())
    if len(areas):
        centre[areas] = Measured.of(rings.take(areas)).centroids()
    return [pl.Series(centre[:, axis]) for axis in (0, 1)]


def _boxes(shapes: Shapes) -> list[pl.Series]:
    box = Measured.of(shapes.rings).bounds()
    return [pl.Series(box[:, nth]) for nth in range(4)]


def _areas(shapes: Shapes) -> list[pl.Series]:
    """Of areas; 0 for points and lines."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    rings = Measured.of(shapes.rings)
    box = rings.bounds()
    ringed = kind.is_in([str(one) for one in RINGED]).to_numpy()
    area = np.where((kind == "rectangle").to_numpy(), (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]), 0.0)
    rows = np.flatnonzero(ringed)
    if len(rows):
        area[rows] = np.abs(Measured.of(shapes.rings.take(rows)).areas())
    return [pl.Series(area)]


def _wkt(shapes: Shapes) -> list[pl.Series]:
    return [wkt(shapes)]


_MAKERS = {"centroid": _centroids, "bbox": _boxes, "area": _areas, "wkt": _wkt}
