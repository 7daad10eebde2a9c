"""Planes: channel, slice and frame of a hyperstack, or the plane number of a plain stack; from 1 in the file, from 0 in the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.model.grid import Grid

AXES = ("c", "z", "t")
Planes = Mapping[str, pl.Series]
"""c, z, t -> Int32 per ROI; null = all."""


@dataclass(frozen=True)
class Stack:
    """What the numbers of planes in a stack count, from 1; 0 = all."""

    axis: str = "z"
    """The axis of a plain stack, where nothing else is known."""
    sizes: tuple[int, int, int] | None = None
    """Channels, z planes and time points of the image in the same file: then numbers count channels first, then z, then t, and
    one beyond the stack counts nothing."""

    def planes(self, number: NDArray[np.int64], axis: NDArray[np.object_] | None = None) -> dict[str, NDArray[np.int64]]:
        """c, z, t of each number: from 1, 0 = all. ``axis`` says what single ones count."""
        if self.sizes is None:
            own = np.full(len(number), self.axis, object) if axis is None else axis
            return {name: np.where(own == name, number, 0) for name in AXES}
        found, rest = {}, number - 1
        number = np.where(number > prod(self.sizes), 0, number)
        for name, size in zip(AXES, self.sizes, strict=True):
            found[name] = np.where((number > 0) & (size > 1), (rest if name == "t" else rest % size) + 1, 0)
            rest = rest // size
        return found


def read_planes(rois: Rois, stated: pl.Series, stack: Stack) -> tuple[dict[str, pl.Series], int]:
    """Planes of all ROIs, and for how many a plane number was taken as the usual axis, because their property ``stated`` says nothing.

    As in ImageJ, the plane number counts where none of channel, slice and frame is set.
    """
    hyper = (rois.c > 0) | (rois.z > 0) | (rois.t > 0)
    alone = ~hyper & (rois.position > 0)
    of_number = stack.planes(np.where(alone, rois.position, 0).astype(np.int64), stated.fill_null(stack.axis).to_numpy())
    found = {name: null_planes(np.where(hyper, getattr(rois, name), of_number[name])) for name in AXES}
    return found, int((alone & stated.is_null().to_numpy()).sum()) if stack.sizes is None else 0


def null_planes(number: NDArray[np.int64]) -> pl.Series:
    """From 1, 0 = all -> from 0, null = all."""
    return pl.Series(np.maximum(number, 0) - 1, dtype=pl.Int32).set(pl.Series(number < 1), None)


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
