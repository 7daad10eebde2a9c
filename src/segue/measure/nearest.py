"""The nearest other point of each of many points, in a plane or in space."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

AT_ONCE = 2_000_000
"""Pairs of points that are looked at together."""
FEW = 2.0
"""Points per occupied cell that are worth it."""
FINEST = 2**19
"""Cells along an axis: three such numbers fit into one of 64 bits."""


def nearest(points: Floats) -> tuple[Ints, Floats]:
    """The nearest other point of each.

    Points are sorted into cells; the points of a cell and the cells around it are looked at, and what has found nothing within the size of a cell
    looks again in cells of twice the size.

    Parameters
    ----------
    points : (s, 2 or 3) float64
        Centroids, for example; in pixels or in units. What is not finite has no neighbour.

    Returns
    -------
    row : (s,) int64
        Of equally near points the first one; -1 where there is no other point.
    distance : (s,) float64
        NaN where there is none.
    """
    row, distance = np.full(len(points), -1, np.int64), np.full(len(points), np.nan)
    finite = np.flatnonzero(np.isfinite(points).all(axis=1))
    places, first, same, times = np.unique(points[finite], axis=0, return_index=True, return_inverse=True, return_counts=True)
    same = same.reshape(-1)
    if len(places) > 1:
        found, apart = _nearest(places, finite[first])
        row[finite], distance[finite] = finite[first][found[same]], apart[same]
    repeated = times[same] > 1
    row[finite[repeated]], distance[finite[repeated]] = _twins(finite, same, times)[repeated], 0
    return row, distance


def _twins(finite: Ints, same: Ints, times: Ints) -> Ints:
    """Of points at the same place the first one; for that one the second."""
    order = np.argsort(same, kind="stable")
    start = np.cumsum(times) - times
    first = order[start]
    second = order[np.minimum(start + 1, len(order) - 1)]
    chosen = np.where(first[same] == np.arange(len(same)), second[same], first[same])
    twins: Ints = finite[chosen]
    return twins


def _nearest(places: Floats, rank: Ints) -> tuple[Ints, Floats]:
    """Rows of ``places``, which are all different; ``rank`` decides between equally near ones."""
    found, apart = np.full(len(places), -1, np.int64), np.full(len(places), np.inf)
    low = places.min(axis=0)
    side = _cell_side(places - low)
    left = np.arange(len(places))
    while len(left):
        cells = _Cells(places - low, side)
        for some in cells.portions(left):
            found[some], apart[some] = _nearest_around(places, rank, cells, some)
        left = left[apart[left] > side]
        side *= 2
    return found, apart


def _cell_side(places: Floats) -> float:
    """Of cells that hold few points."""
    reach = float(places.max())
    side = reach / max(1.0, len(places) ** (1 / places.shape[1]))
    while 2 * reach / side < FINEST and len(places) > FEW * len(np.unique(_codes(np.floor(places / side).astype(np.int64)))):
        side /= 2
    return float(side)


def _codes(cells: Ints) -> Ints:
    """One number per cell; cells are numbered from -1 on."""
    codes = np.zeros(len(cells), np.int64)
    for axis in cells.T:
        codes = codes * (2 * FINEST) + axis + 1
    return codes


class _Cells:
    """Points sorted into cells."""

    def __init__(self, places: Floats, side: float) -> None:
        self.of = np.floor(places / side).astype(np.int64)
        codes = _codes(self.of)
        self.order = np.argsort(codes, kind="stable")
        self._sorted = codes[self.order]

    def around(self, rows: Ints) -> tuple[Ints, Ints]:
        """(rows, cells) Where the points of the cells at and around each begin and end, in ``order``."""
        steps = np.array(list(product((-1, 0, 1), repeat=self.of.shape[1])))
        codes = _codes((self.of[rows][:, None] + steps[None]).reshape(-1, self.of.shape[1])).reshape(len(rows), -1)
        return np.searchsorted(self._sorted, codes, "left"), np.searchsorted(self._sorted, codes, "right")

    def portions(self, rows: Ints) -> list[Ints]:
        """The rows in portions that do not need much memory."""
        portions = []
        for some in np.array_split(rows, max(1, len(rows) * 27 // AT_ONCE)):
            begin, end = self.around(some)
            total = np.cumsum((end - begin).sum(axis=1))
            portions += np.split(some, np.searchsorted(total, np.arange(AT_ONCE, total[-1], AT_ONCE)))
        return [some for some in portions if len(some)]


def _nearest_around(places: Floats, rank: Ints, cells: _Cells, rows: Ints) -> tuple[Ints, Floats]:
    begin, end = cells.around(rows)
    _, at = laid_out(begin.reshape(-1), (end - begin).reshape(-1))
    other, of = cells.order[at], np.repeat(np.arange(len(rows)), (end - begin).sum(axis=1))
    square = ((places[other] - places[rows[of]]) ** 2).sum(axis=1)
    square[other == rows[of]] = np.inf
    order = np.lexsort((rank[other], square, of))
    first = order[np.searchsorted(of, np.arange(len(rows)))]
    return other[first], np.sqrt(square[first])
