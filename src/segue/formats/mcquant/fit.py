"""What a table of mcquant can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.cell_files import numbered, usable, values_of
from segue.formats.mcquant.assemble import assembled
from segue.formats.mcquant.names import HALF, KEYS, X, Y, is_shape
from segue.formats.mcquant.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """Cells, one centroid each, and their values."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    x, y = centroids(s.shapes, len(s.objects))
    values = values_of(s, {name: table for name, table in s.tables.items() if table.about == "objects"})
    named = [column.alias(name) for column, name in zip(values, usable([column.name for column in values], KEYS), strict=True)]
    named.sort(key=lambda column: is_shape(column.name))
    return replace(kept, image_sets=(assembled(numbered(s.objects), x, y, named),))


def centroids(shapes: Shapes, count: int) -> tuple[pl.Series, pl.Series]:
    """Where the first point of each object is, from the centre of the first pixel; null = nowhere."""
    points = shapes.of_kinds((ShapeKind.POINT,))
    filled = np.flatnonzero(np.diff(points.rings.coord_start) == 1)
    owner, first = np.unique(points.frame["object"].to_numpy()[filled], return_index=True)
    coords = points.rings.coords[points.rings.coord_start[:-1][filled[first]]] - HALF
    far = ~np.isfinite(coords).all(axis=1)
    found = []
    for name, axis in ((X, 0), (Y, 1)):
        empty = pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count)
        found.append(empty.scatter(owner[~far], coords[~far, axis]) if len(owner[~far]) else empty)
    return found[0], found[1]
