"""Largest and smallest diameters in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PAIRS = 2_000_000
"""Pairs of corners that are looked at together."""


def extremes(corners: Floats, start: Ints) -> tuple[Ints, Ints, Floats]:
    """The two corners that are farthest apart, the first such pair; and the smallest width over all sides.

    Returns
    -------
    one, other : (s,) int64
        Rows of ``corners``; meaningless where a hull has none.
    smallest : (s,) float64
    """
    sizes = np.diff(start)
    one, other, smallest = np.zeros(len(sizes), np.int64), np.zeros(len(sizes), np.int64), np.zeros(len(sizes))
    filled = np.flatnonzero(sizes)
    cuts = np.searchsorted(np.cumsum(sizes[filled] ** 2), np.arange(PAIRS, int((sizes**2).sum()), PAIRS))
    after = corners[following(start)] - corners
    length = np.sqrt((after**2).sum(axis=1))
    for hulls in np.split(filled, cuts):
        if not len(hulls):
            continue
        _, a = laid_out(start[hulls], sizes[hulls])
        n = np.repeat(sizes[hulls], sizes[hulls])
        pair_start, b = laid_out(np.repeat(start[hulls], sizes[hulls]), n)
        a = np.repeat(a, n)
        apart = corners[b] - corners[a]
        hull_start = np.cumsum(sizes[hulls] ** 2) - sizes[hulls] ** 2
        one[hulls], other[hulls] = _first_largest((apart**2).sum(axis=1), hull_start, a, b)
        with np.errstate(invalid="ignore", divide="ignore"):
            width = np.abs(after[a, 0] * apart[:, 1] - after[a, 1] * apart[:, 0]) / length[a]
        widest = np.maximum.reduceat(width, pair_start[:-1])
        smallest[hulls] = np.minimum.reduceat(np.where(np.isnan(widest), 0, widest), np.cumsum(sizes[hulls]) - sizes[hulls])
    return one, other, smallest


def _first_largest(values: Floats, start: Ints, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    largest = np.maximum.reduceat(values, start)
    at = np.flatnonzero(values == np.repeat(largest, np.diff(start, append=len(values))))
    first = at[np.searchsorted(at, start)]
    return a[first], b[first]
