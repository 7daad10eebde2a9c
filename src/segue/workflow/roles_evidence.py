"""Does a plane hold labels or intensities? Judged by how its values lie, never by the name or type of the file.

A segment is compact, or long and thin but in one piece. A class of a semantic mask has many pieces, but thick ones. A grey value of a
photograph, of noise or of a mask that went through JPEG lies in crumbs all over the plane, or in thin lines beside the next grey value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from segue.geometry.components import components
from segue.geometry.extents import Extents

Array = np.ndarray[Any, np.dtype[Any]]

FEWEST_PIXELS = 1_000
"""Smaller planes say nothing."""

FEWEST_VALUES = 8
"""Fewer values can be classes, however scattered: a photograph has more."""

TILE = 512
"""Rows and columns of the piece of a plane in which parts are counted."""


def is_scattered(plane: Array, found: Extents) -> bool:
    """Whether most values of a plane lie as grey values do.

    Parameters
    ----------
    plane : (y, x) integer or bool
        No value is negative.
    found
        Its extents.
    """
    if plane.size < FEWEST_PIXELS or (len(found.values) < FEWEST_VALUES and not _is_blurred_mask(found)):
        return False
    if is_all_different(plane.size, found):
        return True
    thin = _thin_and_wide(found, plane.size)
    if 2 * thin.sum() < (found.pixels > 1).sum() or not thin.any():
        return False
    crumbs, seen = _crumbs(_Ranked.of(_busiest_tile(plane), found.values), np.flatnonzero(thin) + 1)
    return 2 * crumbs >= seen > 0


def is_all_different(size: int, found: Extents) -> bool:
    """Whether most of ``size`` pixels hold something, and most of these a value of their own."""
    covered = int(found.pixels.sum())
    return 2 * len(found.values) > covered and 2 * covered > size


def _is_blurred_mask(found: Extents) -> bool:
    """Mostly 255, and a few values beside it: what JPEG of highest quality makes of a mask."""
    return len(found.values) > 2 and int(found.values[-1]) == 255 and 10 * int(found.pixels[-1]) > 9 * int(found.pixels.sum())


def _thin_and_wide(found: Extents, size: int) -> Array:
    """(v,) Values spread over more than a hundredth of the plane in runs of few pixels, filling little of their box."""
    box = found.areas()
    return (found.pixels > 1) & (100 * box > size) & (5 * found.pixels < box) & (found.pixels < 4 * found.runs)


def _busiest_tile(plane: Array) -> Array:
    """The tile in which neighbours differ most often."""
    if max(plane.shape) <= TILE:
        return plane
    changes = np.zeros(plane.shape, np.bool_)
    np.not_equal(plane[:, 1:], plane[:, :-1], out=changes[:, 1:])
    by_rows = np.add.reduceat(changes, np.arange(0, plane.shape[0], TILE), axis=0, dtype=np.int32)
    tiles = np.add.reduceat(by_rows, np.arange(0, plane.shape[1], TILE), axis=1)
    row, column = divmod(int(tiles.argmax()), tiles.shape[1])
    return plane[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]


class _Ranked(NamedTuple):
    """A tile whose values are replaced by their ranks, 1 for the lowest; 0 stays 0."""

    ranks: Array
    values: int

    @classmethod
    def of(cls, tile: Array, values: Array) -> _Ranked:
        rank = np.searchsorted(values, tile.astype(values.dtype)) + 1
        return cls(np.where(tile != 0, rank, 0), len(values))

    def steps(self) -> Array:
        """Differences of rank between touching pixels of different values."""
        found = []
        for one, other in ((self.ranks[1:], self.ranks[:-1]), (self.ranks[:, 1:], self.ranks[:, :-1])):
            differ = (one != other) & (one != 0) & (other != 0)
            found.append(np.abs(one[differ] - other[differ]))
        return np.concatenate(found)


def _crumbs(tile: _Ranked, ranks: Array) -> tuple[int, int]:
    """How many of the values ``ranks`` are crumbs or contour lines in a tile, and how many of them occur there."""
    steps = tile.steps()
    if 50 * len(steps) < (tile.ranks != 0).sum():
        return 0, 0  # spots with background around them: grey values touch each other
    parts, count = components(tile.ranks, 8)
    rank_of_part = np.zeros(count + 1, np.int64)
    rank_of_part[parts.reshape(-1)] = tile.ranks.reshape(-1)
    pieces = np.bincount(rank_of_part[1:], minlength=tile.values + 1)[ranks]
    pixels = np.bincount(tile.ranks.reshape(-1), minlength=tile.values + 1)[ranks]
    crumbs = pixels < 12 * pieces
    if 10 * (steps <= 1).sum() > 9 * len(steps):
        crumbs |= pieces >= 4  # each value lies between the next lower and the next higher one
    return int((crumbs & (pieces > 0)).sum()), int((pieces > 0).sum())
