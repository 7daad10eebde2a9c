"""Where the objects are: exactly where ilastik wrote it so, else to a whole pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.formats.ilastik_tracking.terms import CUT, EXACT
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes

Floats = np.ndarray[tuple[int, int], np.dtype[np.float64]]
_FARTHEST = float(1 << 30)


@dataclass(frozen=True, eq=False)
class Centres:
    """One for each object."""

    coords: Floats
    """(objects, 2 or 3): x, y, z, counted from the centre of the first pixel; NaN where there is none. (objects, 0) without such columns."""
    cut: int = 0
    """How many are whole numbers, because what was behind the point was cut off."""


def centres(columns: Mapping[str, pl.Series]) -> Centres:
    """The centres in some columns. Those of the convex hull features count where they are within the pixel that the others name."""
    cut, exact = _stacked(columns, CUT), _stacked(columns, EXACT)
    if not cut.shape[1]:
        return Centres(exact)
    if exact.shape != cut.shape:
        return Centres(cut, int(np.isfinite(cut).all(axis=1).sum()))
    same = (np.trunc(exact) == cut).all(axis=1)
    coords = np.where(same[:, None], exact, cut)
    return Centres(coords, int((~same & np.isfinite(cut).all(axis=1)).sum()))


def _stacked(columns: Mapping[str, pl.Series], names: tuple[str, ...]) -> Floats:
    found = [columns[name] for name in names if name in columns and columns[name].dtype.is_numeric()]
    if len(found) < 2:
        return np.empty((0, 0))
    return np.stack([column.cast(pl.Float64).fill_null(np.nan).to_numpy() for column in found], axis=1)


def points(found: Centres) -> Shapes:
    """The centres as points, half a pixel further, on the nearest plane."""
    coords = found.coords
    if coords.shape[1] < 2:
        return Shapes.empty()
    placed = np.flatnonzero(np.isfinite(coords).all(axis=1) & (np.abs(coords) < _FARTHEST).all(axis=1))
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    if coords.shape[1] > 2:
        frame = frame.with_columns(z=pl.Series(np.floor(coords[placed, 2] + 0.5).astype(np.int32)))
    return Shapes(frame, Rings.simple(coords[placed, :2] + 0.5, np.arange(len(placed) + 1)))
