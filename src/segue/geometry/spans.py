"""Runs of pixels whose centres lie inside shapes, within a window; what a window shows does not depend on where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.geometry.rings import Rings, following
from segue.geometry.rule import NUDGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]


class Spans(NamedTuple):
    """One entry per run, part by part, downwards; runs of parts of one shape may overlap."""

    part: Int
    row: Int
    left: Int
    """First column."""
    right: Int
    """Column behind the last."""


def spans(rings: Rings, rows: tuple[int, int], columns: tuple[int, int]) -> Spans:
    """The runs of pixels inside each part of each shape, even-odd over its rings, by the rule of ``rasterize``.

    Parameters
    ----------
    rings : Rings
        Finite coordinates.
    rows, columns
        The window: the first, and the one behind the last. May be negative.
    """
    part_of_ring = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    after = following(rings.ring_start)
    at = np.clip(np.ceil(rings.coords[:, 1] - 0.5), *rows).astype(np.int64)
    edge = np.flatnonzero(at != at[after])
    upper = np.where(at[edge] < at[after[edge]], edge, after[edge])
    lower = np.where(at[edge] < at[after[edge]], after[edge], edge)
    height = at[lower] - at[upper]
    offset = np.cumsum(height) - height
    row = np.arange(height.sum()) + np.repeat(at[upper] - offset, height)
    ax, ay = rings.coords[upper].T
    bx, by = rings.coords[lower].T
    slope = (bx - ax) / (by - ay)
    x = np.repeat(ax, height) + (row + 0.5 - np.repeat(ay, height)) * np.repeat(slope, height) + NUDGE
    part = np.repeat(np.repeat(part_of_ring, rings.ring_lengths())[edge], height)
    sorting = np.lexsort((x, row, part))
    column = np.clip(np.floor(x[sorting] + 0.5), *columns).astype(np.int64)
    left, right = column[0::2], column[1::2]
    keep = right > left
    return Spans(part[sorting][0::2][keep], row[sorting][0::2][keep], left[keep], right[keep])
