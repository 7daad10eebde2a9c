"""Largest distances within bodies in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PAIRS = 1_000_000
"""Pairs of corners that are looked at together."""


def squares(one: Floats, other: Floats, pixel: tuple[float, float, float]) -> Floats:
    """(n,) Squared distances of the far corners of voxels; see ``reach.reaches``."""
    apart = np.abs(one - other)
    apart[:, 0] += 1
    found: Floats = ((apart * pixel) ** 2).sum(axis=1)
    return found


def largest_squares(points: Floats, start: Ints, pixel: tuple[float, float, float]) -> Floats:
    """(s,) The largest of the squared distances within each body."""
    sizes, bodies = np.diff(start), len(start) - 1
    found = np.zeros(bodies)
    owner = np.repeat(np.arange(bodies), sizes)
    total = np.cumsum(sizes[owner])
    for rows in np.split(np.arange(len(points)), np.searchsorted(total, np.arange(PAIRS, int(total[-1]) if len(total) else 0, PAIRS))):
        if len(rows):
            _, other = laid_out(start[owner[rows]], sizes[owner[rows]])
            one = np.repeat(rows, sizes[owner[rows]])
            begin = np.flatnonzero(np.diff(owner[one], prepend=-1))
            np.maximum.at(found, owner[one[begin]], np.maximum.reduceat(squares(points[one], points[other], pixel), begin))
    return found
