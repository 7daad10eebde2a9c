"""The columns of a table of statistics as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.mantis_statistics.names import described
from segue.formats.mantis_statistics.populations import named
from segue.formats.mantis_statistics.sheet import Sheet
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Table

LAYER, TABLE = "labels", "measurements"


def parsed(sheet: Sheet) -> Study:
    """One image set: an object per row, its centroid in the middle of the pixel that the file names."""
    labels = sheet.labels.alias("label")
    objects = Objects(pl.DataFrame([labels.cast(pl.Utf8).alias("id"), labels]).with_columns(layer=pl.lit(LAYER)))
    populations, membership = named(sheet.populations)
    return Study((ImageSet("", objects=objects, shapes=_points(sheet), tables=_table(sheet), membership=membership),), populations)


def _table(sheet: Sheet) -> dict[str, Table]:
    if not sheet.values:
        return {}
    row = pl.int_range(sheet.labels.len(), dtype=pl.Int32, eager=True).alias("row")
    return {TABLE: Table("objects", pl.DataFrame([row, *sheet.values]), tuple(described(column.name) for column in sheet.values))}


def _points(sheet: Sheet) -> Shapes:
    placed = np.flatnonzero((sheet.x.is_not_null() & sheet.y.is_not_null()).to_numpy())
    coords = np.stack([sheet.x.gather(placed).to_numpy(), sheet.y.gather(placed).to_numpy()], axis=1).astype(np.float64) + 0.5
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    return Shapes(frame, Rings.simple(coords, np.arange(len(placed) + 1)))
