"""What lines of border pixels can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from segue.formats.cellpose_outlines.options import WriteOptions
from segue.formats.cellpose_outlines.spec import FARTHEST, FORMAT, MOST_LABELS
from segue.formats.options import Options
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.border import simple_areas
from segue.model.grid import Grid
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.rings import Bools, Ints
from segue.model.select import take_objects
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """One area of each object, as its border pixels tell it, in the order of the lines.

    Raises
    ------
    TooLarge
        The box of an area has more than 2**27 pixels.
    """
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    shapes = _areas(s.shapes)
    s = take_objects(replace(s, grid=Grid(), shapes=shapes), shapes.frame["object"].to_numpy())
    line = _lines(s.objects, close=cast("WriteOptions", options).gaps == "close")
    order = np.argsort(line, kind="stable")
    frame = pl.DataFrame({"label": pl.Series(line[order], dtype=pl.UInt64)}).with_columns(id=pl.col("label").cast(pl.Utf8), layer=pl.lit("labels"))
    s = take_objects(s, order)
    return replace(kept, image_sets=(replace(s, objects=Objects(frame), history=()),))


def _areas(shapes: Shapes) -> Shapes:
    """The first area of each object, as the outline of its pixels; in the order of the objects."""
    rows = area_rows(shapes)
    rows = rows[_placed(shapes, rows)]
    owner = shapes.frame["object"].to_numpy()[rows]
    areas = shapes.take(rows[np.unique(owner, return_index=True)[1]])
    found, rings = simple_areas(area_rings(areas))
    frame = areas.frame[found].select("object", kind=pl.lit(str(ShapeKind.TRACED)))
    return Shapes(frame, rings)


def _placed(shapes: Shapes, rows: Ints) -> Bools:
    """Which shapes have vertices at places in an image only."""
    start = shapes.rings.coord_start
    outside = np.concatenate([[0], np.cumsum(~(np.abs(shapes.rings.coords) < FARTHEST).all(axis=1))])
    found: Bools = (outside[start[1:]] == outside[start[:-1]])[rows]
    return found


def _lines(objects: Objects, *, close: bool) -> Ints:
    """The line of each object: its label, else the next free number."""
    if close:
        label = objects.frame["label"].fill_null(2**64 - 1).to_numpy()
        return np.argsort(np.argsort(label, kind="stable"), kind="stable").astype(np.int64) + 1
    label = objects.frame["label"].fill_null(0).to_numpy()
    known = (label > 0) & (label <= MOST_LABELS)
    found = np.where(known, label, 0).astype(np.int64)
    free = np.setdiff1d(np.arange(1, len(label) + 1), found)
    found[~known] = free[: int((~known).sum())]
    return found
