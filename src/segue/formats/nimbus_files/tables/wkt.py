"""Shapes as well-known text and back, whole columns at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs import wkt_read, wkt_write
from segue.model.rings import Ints, Rings
from segue.model.shapes import Shapes

_KINDS = ("point", "polyline", "polygon", "polygon")


def wkt(shapes: Shapes) -> pl.Series:
    """(shapes,) Text of points, lines, rectangles (as polygons) and rings."""
    from segue.geometry.figures import rectangles
    from segue.geometry.tidy import replaced

    kind = shapes.frame["kind"].cast(pl.Utf8)
    rings = shapes.rings
    boxes = np.flatnonzero((kind == "rectangle").to_numpy())
    rings = replaced(rings, boxes, rectangles(rings.take(boxes))) if len(boxes) else rings
    codes = {"point": wkt_write.POINT, "line": wkt_write.LINE, "polyline": wkt_write.LINE}
    numbers = kind.replace_strict(codes, default=wkt_write.AREA, return_dtype=pl.UInt8).to_numpy()
    return wkt_write.write(numbers, rings).alias("WKT")


@dataclass(frozen=True)
class Drawn:
    """A column of shapes."""

    nth: Ints
    """(rows,) Which shape a row has; -1 = none."""
    kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]
    rings: Rings

    def taken(self, rows: Ints, is_box: pl.Series) -> Shapes:
        """The shapes of some rows; their place in ``rows`` is their object.

        Parameters
        ----------
        rows
            All of one image set.
        is_box
            (rows,) Which are rectangles, if they have four upright corners.
        """
        nth = self.nth[rows]
        drawn = np.flatnonzero(nth >= 0)
        nth = nth[drawn]
        rings = self.rings if np.array_equal(nth, np.arange(len(self.rings))) else self.rings.take(nth)
        names = pl.Series(_KINDS, dtype=pl.Utf8).gather(self.kinds[nth])
        shapes = Shapes(pl.DataFrame({"object": pl.Series(drawn, dtype=pl.Int32), "kind": names}), rings)
        return _boxed(shapes, is_box.gather(drawn))


def drawn(texts: pl.Series) -> Drawn | None:
    """The shapes of a column; None if one of the texts that are there is none."""
    there = texts.is_not_null().to_numpy()
    found = wkt_read.read(texts if there.all() else texts.drop_nulls())
    return None if found is None else Drawn(np.where(there, np.cumsum(there) - 1, -1), *found)


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
