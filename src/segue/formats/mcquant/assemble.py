"""Cells, centroids and values as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from segue.formats.cell_files import table_of
from segue.formats.mcquant.names import HALF, described
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet


def assembled(cells: pl.Series, x: pl.Series, y: pl.Series, values: Sequence[pl.Series], layer: str = "labels") -> ImageSet:
    """The image set.

    Parameters
    ----------
    cells
        UInt64, unique.
    x, y
        Centroids as in the file, from the centre of the first pixel; null = not there.
    values
        Named and typed columns.
    layer
        The layer of the cells.
    """
    objects = Objects(pl.DataFrame({"id": cells.cast(pl.Utf8), "label": cells}).with_columns(layer=pl.lit(layer)))
    placed = np.flatnonzero((x.is_finite() & y.is_finite()).fill_null(value=False).to_numpy())
    coords = np.stack([x.gather(placed).to_numpy(), y.gather(placed).to_numpy()], axis=1) + HALF
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    shapes = Shapes(frame, Rings.simple(coords, np.arange(len(placed) + 1)))
    columns = [described(column) for column in values]
    tables = {"measurements": table_of(np.arange(len(cells), dtype=np.int32), values, columns)} if values else {}
    return ImageSet("", objects=objects, shapes=shapes, tables=tables)
