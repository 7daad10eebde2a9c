# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled tracing of blocks of columns: their outlines in one sweep from left to right.

Every grid line between two columns is swept once. A block that ends there, begins there, or both at different heights, has a corner;
upright edges join the corners of a line two by two, level edges are carried on from line to line until they end. Pixels lie on the
right-hand side of every edge. Plain twin: ``blocks._by_picture``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.outline_kernel import cut_loops, in_order, measure
from segue.geometry.parts import RawRings, arrange
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

FAR = np.int64(2**62)


def trace(starts: NDArray[Any], x: NDArray[Any], width: NDArray[Any], top: NDArray[Any], bottom: NDArray[Any]) -> Rings:
    """The outlines of shapes (the fields of ``blocks.Blocks``) of which none is empty and nothing lies left of or above 0."""
    room = 4 * len(x)
    xy = np.empty((room, 2), np.int64)
    start, label = np.empty(room + 1, np.int64), np.empty(room, np.int64)
    first, area = np.empty(room, np.int64), np.empty(room, np.int64)
    rings = _trace(starts, x, width, top, bottom, xy, start, label, first, area)
    found = RawRings(xy[: start[rings]], start[:rings], np.diff(start[: rings + 1]), label[:rings], first[:rings], area[:rings])
    return arrange(found, (int(bottom.max()), int((x + width).max())), in_order)[1]


@njit(nogil=True)
def _trace(starts, x, width, top, bottom, xy, start, label, first, area):
    """All rings; returns their number."""
    most = 0
    for shape in range(len(starts) - 1):
        most = max(most, starts[shape + 1] - starts[shape])
    corner, after, pinch = np.empty((4 * most, 2), np.int64), np.empty(4 * most, np.int64), np.empty(4 * most, np.bool_)
    left, right = np.empty(2 * most, np.int64), np.empty(2 * most, np.int64)
    n = m = 0
    start[0] = 0
    for shape in range(len(starts) - 1):
        corners = _link(x, width, top, bottom, starts[shape], starts[shape + 1], corner, after, pinch, left, right)
        m0 = m
        n, m = _walk(corners, corner, after, pinch, xy, n, start, m)
        for ring in range(m0, m):
            label[ring] = shape + 1
            first[ring], area[ring] = measure(xy, start[ring], start[ring + 1])
    return m


@njit(nogil=True)
def _link(x, width, top, bottom, begin, end, corner, after, pinch, left, right):
    """Fill in the corners of one shape and the successor of each; returns their number."""
    n = 0
    one = two = begin
    line = np.int64(-1)
    while two < end or one < two:
        if two < end and (one == two or x[two] <= line):
            line = x[two]
            last = two + 1
            while last < end and x[last] == line:
                last += 1
        else:
            last = two
        n = _sweep(line, top, bottom, one, two, last, corner, after, pinch, left, right, n)
        one, two = two, last
        if one < two:
            line = x[one] + width[one]
        left, right = right, left
    return n


@njit(nogil=True)
def _sweep(line, top, bottom, one, two, last, corner, after, pinch, left, right, n):
    """The corners on a line between the blocks one..two at its left and two..last at its right.

    ``left`` and ``right``: for each end of these blocks the corner that its level edge comes from, or goes to.
    """
    a = b = 0
    ends_a, ends_b = 2 * (two - one), 2 * (last - two)
    above = np.int64(-1)
    while a < ends_a or b < ends_b:
        inside = a & 1
        y = z = FAR
        if a < ends_a:
            y = bottom[one + a // 2] if a & 1 else top[one + a // 2]
        if b < ends_b:
            z = bottom[two + b // 2] if b & 1 else top[two + b // 2]
        if y == z and (a & 1) == (b & 1):
            right[b] = left[a]
            a += 1
            b += 1
            continue
        upper = lower = np.int64(-1)
        if y <= z:
            lower = n
            corner[n, 0], corner[n, 1], pinch[n] = line, y, y == z
            if a & 1:
                after[n] = left[a]
            else:
                after[left[a]] = n
            n += 1
        if z <= y:
            upper = lower
            lower = n
            corner[n, 0], corner[n, 1], pinch[n] = line, z, y == z
            right[b] = n
            n += 1
            if y == z and not a & 1:
                upper, lower = lower, upper
        if y <= z:
            a += 1
        if z <= y:
            b += 1
        if upper < 0 and above < 0:
            above = lower
            continue
        below = upper if upper >= 0 else lower
        if inside:
            after[above] = below
        else:
            after[below] = above
        above = lower if upper >= 0 else np.int64(-1)
    return n


@njit(nogil=True)
def _walk(corners, corner, after, pinch, xy, n, start, m):
    """Follow the successors; returns the numbers of vertices and rings so far."""
    for seed in range(corners):
        if after[seed] < 0:
            continue
        n0, pinches, at = n, 0, seed
        while after[at] >= 0:
            xy[n, 0], xy[n, 1] = corner[at, 0], corner[at, 1]
            if pinch[at]:
                xy[n, 0] = ~xy[n, 0]
                pinches += 1
            n += 1
            then = after[at]
            after[at] = -1
            at = then
        m = cut_loops(xy, n0, n, pinches, start, m) if pinches else m + 1
        start[m] = n
    return n, m
