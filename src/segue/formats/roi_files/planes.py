"""Planes: channel, slice and frame of a hyperstack, or the plane number of a plain stack; from 1 in the file, from 0 in the model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.model.grid import Grid

AXES = ("c", "z", "t")
Planes = Mapping[str, pl.Series]
"""c, z, t -> Int32 per ROI; null = all."""


def read_planes(rois: Rois, stack: pl.Series, usual: str) -> tuple[dict[str, pl.Series], int]:
    """Planes of all ROIs, and for how many a plane number was taken as the axis ``usual``, because their property ``stack`` says nothing.

    As in ImageJ, the plane number counts where none of channel, slice and frame is set.
    """
    hyper = (rois.c > 0) | (rois.z > 0) | (rois.t > 0)
    alone = ~hyper & (rois.position > 0)
    axis = stack.fill_null(usual).to_numpy()
    found = {}
    for name in AXES:
        number = np.where(alone & (axis == name), rois.position, np.where(hyper, getattr(rois, name), 0))
        found[name] = pl.Series(number - 1, dtype=pl.Int32).set(pl.Series(number < 1), None)
    return found, int((alone & stack.is_null().to_numpy()).sum())


def stack_axis(planes: Planes, grid: Grid, position: str) -> str | None:
    """The axis whose planes are written as the number in a plain stack; None = as channel, slice and frame."""
    used = [name for name in AXES if planes[name].null_count() < len(planes[name])]
    if position == "hyperstack" or len(used) != 1:
        return None
    if position == "stack":
        return used[0]
    long = [name for name in "zt" if (grid.size(name) or 0) > 1]
    return used[0] if used == long else None


def numbers(values: pl.Series) -> NDArray[np.int32]:
    """From 1, 0 = all."""
    return (values.cast(pl.Int64) + 1).fill_null(0).to_numpy().astype(np.int32)
