# mypy: disable-error-code="untyped-decorator, no-any-return"
"""Which rings certainly do not touch themselves, in exact whole-number arithmetic. Plain twin: ``shapely.is_valid``, which also decides the rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.storage.compiled import njit

Longs = npt.NDArray[np.int64]


@njit(nogil=True, _nrt=False)
def _side(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    cross = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return 1 if cross > 0 else -1 if cross < 0 else 0


@njit(nogil=True, _nrt=False)
def _apart(p: Longs, a: int, b: int, c: int, d: int) -> bool:
    """Whether the edges ab and cd have no point in common."""
    ax, ay, bx, by, cx, cy, dx, dy = p[a, 0], p[a, 1], p[b, 0], p[b, 1], p[c, 0], p[c, 1], p[d, 0], p[d, 1]
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx) or max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return True
    if _side(ax, ay, bx, by, cx, cy) * _side(ax, ay, bx, by, dx, dy) > 0:
        return True
    return _side(cx, cy, dx, dy, ax, ay) * _side(cx, cy, dx, dy, bx, by) > 0


@njit(nogil=True, _nrt=False)
def _is_simple(p: Longs, first: int, last: int) -> bool:
    for i in range(first, last):
        after = i + 1 if i + 1 < last else first
        second = after + 1 if after + 1 < last else first
        if _side(p[i, 0], p[i, 1], p[after, 0], p[after, 1], p[second, 0], p[second, 1]) == 0:
            ahead = (p[after, 0] - p[i, 0]) * (p[second, 0] - p[after, 0]) + (p[after, 1] - p[i, 1]) * (p[second, 1] - p[after, 1])
            if ahead <= 0:
                return False  # the next edge goes back on this one
        for j in range(i + 2, last - (i == first)):
            if not _apart(p, i, after, j, j + 1 if j + 1 < last else first):
                return False
    return True


@njit(nogil=True, _nrt=False)
def simple(p: Longs, start: Longs, found: npt.NDArray[np.bool_], longest: int) -> None:
    """Fill ``found`` (rings,): rings of 3 to ``longest`` vertices whose edges meet only their neighbours.

    ``p`` (n, 2) int64 are steps of the grid, at most 1e9 in size; ring r = ``p[start[r]:start[r + 1]]``.
    """
    for ring in range(found.size):
        length = start[ring + 1] - start[ring]
        found[ring] = 3 <= length <= longest and _is_simple(p, start[ring], start[ring + 1])
