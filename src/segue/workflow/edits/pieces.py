"""The separate pieces of areas, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.formats.shape_files import area_rings
from segue.geometry import rings as measured
from segue.geometry.components_reference import join
from segue.geometry.rasterize import rasterize
from segue.geometry.shapely_rings import to_shapely
from segue.model.rings import Bools, Floats, Ints, Rings
from segue.model.shapes import RINGED, Shapes

_RINGED = [str(kind) for kind in RINGED]


@dataclass(frozen=True, eq=False)
class Pieces:
    """The parts of some area shapes, each a shape of its own. A kind that is not made of rings is one piece."""

    row: Ints
    """Which of the shapes it is of."""
    rings: Rings
    area: Rings
    """As ``rings``, but every kind as rings that enclose its pixels."""
    z: pl.Series

    @classmethod
    def of(cls, shapes: Shapes) -> Pieces:
        ringed = shapes.frame["kind"].cast(pl.Utf8).is_in(_RINGED).to_numpy()
        area = area_rings(shapes)
        parts = np.where(ringed, np.diff(shapes.rings.shape_start), 1)
        row = np.repeat(np.arange(len(shapes)), parts)
        single = _one_part_each(shapes.rings, ringed)
        return cls(row, single, _one_part_each(area, ringed), shapes.frame["z"].gather(row))

    def sizes(self) -> Floats:
        """(pieces,) Areas in square pixels."""
        return measured.Rings.of(self.area).areas()

    def groups(self, owner: Ints, *, corners: bool) -> tuple[Ints, int]:
        """Number the groups of pieces that touch: along an edge, or with ``corners`` also at a point; in neighbouring planes by sharing an area.

        Parameters
        ----------
        owner
            (pieces,) Pieces of different owners never belong together.
        corners
            Whether pieces that only share a point belong together.
        """
        import shapely

        polygons = to_shapely(self.area)
        polygons = np.where(shapely.is_valid(polygons), polygons, shapely.make_valid(polygons))
        tree = shapely.STRtree(polygons)
        one, other = tree.query(polygons, predicate="intersects")
        later = (one > other) & (owner[one] == owner[other])
        one, other = one[later], other[later]
        z = self.z.fill_null(-1).to_numpy()
        apart = np.where((z[one] < 0) | (z[other] < 0), 0, np.abs(z[one] - z[other]))
        shared = shapely.intersection(polygons[one], polygons[other])
        size = np.where(apart == 0, shapely.length(shared) + shapely.area(shared), shapely.area(shared))
        near = (apart <= 1) & (corners | (size > 0))
        return join(len(polygons), one[near], other[near])


def _one_part_each(rings: Rings, divided: Bools) -> Rings:
    """The parts of the divided shapes as shapes, the others whole."""
    parts = np.diff(rings.shape_start)
    start = np.repeat(rings.shape_start[:-1], np.where(divided, parts, 1))
    nth = np.concatenate([np.arange(count) if cut else [0] for count, cut in zip(parts, divided, strict=True)]) if len(parts) else np.zeros(0)
    begins = (start + nth).astype(np.int64)
    return Rings(rings.coords, rings.ring_start, rings.part_start, np.append(begins, len(rings.part_start) - 1))


def pixels_in(area: Rings, piece: int, runs: pl.DataFrame) -> np.ndarray[Any, Any]:
    """(runs,) How many pixels of each run (columns y, x0, x1) lie in a piece."""
    one = area.take(np.array([piece]))
    if not len(one.coords) or not runs.height:
        return np.zeros(runs.height, np.int64)
    (x, y), (right, bottom) = np.floor(one.coords.min(axis=0)).astype(int), np.ceil(one.coords.max(axis=0)).astype(int)
    here = runs.with_row_index("nth").filter(pl.col("y").is_between(y, bottom - 1) & (pl.col("x1") > x) & (pl.col("x0") < right))
    mask, _ = rasterize(one.translated(-float(x), -float(y)), np.ones(1, np.uint8), (max(bottom - y, 1), max(right - x, 1)))
    summed = np.pad(np.cumsum(mask, axis=1, dtype=np.int64), ((0, 0), (1, 0)))
    begin, end = (np.clip(here[name].to_numpy() - x, 0, mask.shape[1]) for name in ("x0", "x1"))
    found = np.zeros(runs.height, np.int64)
    found[here["nth"].to_numpy()] = summed[here["y"].to_numpy() - y, end] - summed[here["y"].to_numpy() - y, begin]
    return found
