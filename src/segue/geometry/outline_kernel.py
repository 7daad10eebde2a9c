# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN201, ANN202
"""Compiled crack following: all outlines of a label image in one raster pass.

Every edge between a labelled pixel and another value is walked once, the label on the right-hand side. Directions are 0 east, 1 south,
2 west, 3 north. A ring is found at its first top edge in raster order (the pixel above differs); ``seen`` has a bit for each pixel of the
band whose top edge was walked. Row bands run at the same time: a ring belongs to the band that holds its first top edge, and a band that
meets an earlier one gives it up.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry import bands
from segue.geometry.parts import RawRings
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARALLEL_FROM = 2_000_000
"""Pixels that take about 20 ms."""


def trace(image: NDArray[Any]) -> RawRings:
    """As ``reference.trace``; between the rings of one band and the next there are unused places in ``xy``."""
    pieces = bands.count(image.shape[0], worth=image.size >= PARALLEL_FROM)
    small = max(image.shape) < 2**15 - 1
    room = 0.25
    while True:
        cut = [int(image.size * piece / pieces * room) + 4096 * piece for piece in range(pieces + 1)]
        xy = np.empty((cut[-1], 2), np.int16 if small else np.int32)
        found = bands.run(partial(_trace_band, image, [xy[begin:end] for begin, end in pairwise(cut)]), image.shape[0], pieces)
        if all(len(one) for one in found):
            break
        room *= 4
    moved = [(begin + at, length, label, first + at, area) for (begin, length, label, first, area), at in zip(found, cut[:-1], strict=True)]
    return RawRings(xy, *(np.concatenate(column) for column in zip(*moved, strict=True)))


def in_order(found: RawRings, order: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """As ``reference.in_order``."""
    start = np.zeros(len(order) + 1, np.int64)
    np.cumsum(found.length[order], out=start[1:])
    out = np.empty((start[-1], 2))
    pieces = bands.count(len(order), worth=len(out) > 1_000_000)
    bands.run(lambda _, begin, end: _copy_rings(found.xy, found.begin, found.length, found.first, order[begin:end], out, start[begin:]), len(order), pieces)
    return out, start


def _trace_band(image: NDArray[Any], places: list[NDArray[Any]], band: int, begin: int, end: int) -> tuple[NDArray[Any], ...]:
    """Begin, length, label, first corner and area of the rings of a band; nothing where its place for vertices is too small."""
    xy = places[band]
    seen = np.zeros((end - begin) * image.shape[1] // 8 + 1, np.uint8)
    rings = len(xy) // 4 + 1
    start, first, area = (np.empty(rings + 1, np.int64) for _ in range(3))
    label = np.empty(rings + 1, image.dtype)
    n, m = _walk(image, seen, begin, end, xy, start, label, first, area)
    return (start[:m], np.diff(start[: m + 1]), label[:m], first[:m], area[:m]) if n >= 0 else ()


@njit(nogil=True)
def _walk(image, seen, begin, end, xy, start, label, first, area):
    """All rings whose first top edge lies in rows begin..end. Returns (vertices, rings); -1 where the arrays are too small."""
    height, width = image.shape
    flat = image.ravel()
    low, high = begin * width, end * width
    n = m = 0
    start[0] = 0
    for p0 in range(low, high):
        value = flat[p0]
        if value == 0 or (p0 >= width and flat[p0 - width] == value) or seen[(p0 - low) >> 3] & (1 << ((p0 - low) & 7)):
            continue
        n0, pinches = n, 0
        p, direction = p0, 0
        y0 = p0 // width
        x0 = p0 - y0 * width
        x, y = x0, y0
        while True:
            if direction == 0:
                if p < p0:
                    break
                if p < high:
                    seen[(p - low) >> 3] |= 1 << ((p - low) & 7)
                x += 1
                ahead, left = p + 1, p + 1 - width
                same_ahead = x < width and flat[ahead] == value
                same_left = x < width and y > 0 and flat[left] == value
            elif direction == 1:
                y += 1
                ahead, left = p + width, p + width + 1
                same_ahead = y < height and flat[ahead] == value
                same_left = y < height and x < width and flat[left] == value
            elif direction == 2:
                x -= 1
                ahead, left = p - 1, p - 1 + width
                same_ahead = x > 0 and flat[ahead] == value
                same_left = x > 0 and y < height and flat[left] == value
            else:
                y -= 1
                ahead, left = p - width, p - width - 1
                same_ahead = y > 0 and flat[ahead] == value
                same_left = y > 0 and x > 0 and flat[left] == value
            if same_ahead and not same_left:
                p = ahead
                continue
            if n >= len(xy):
                return -1, 0
            xy[n, 0], xy[n, 1] = x, y
            if same_ahead:
                direction = (direction + 3) & 3
                p = left
            else:
                direction = (direction + 1) & 3
                if same_left:
                    xy[n, 0] = ~x
                    pinches += 1
            n += 1
            if p == p0 and direction == 0 and x == x0 and y == y0:
                break
        if p < p0:
            n = n0
            continue
        if m + 1 + pinches >= len(label):
            return -1, 0
        m0 = m
        m = cut_loops(xy, n0, n, pinches, start, m) if pinches else m + 1
        start[m] = n
        for ring in range(m0, m):
            label[ring] = value
            first[ring], area[ring] = measure(xy, start[ring], start[ring + 1])
    return n, m


@njit(nogil=True)
def measure(xy, begin, end):
    """Index of the topmost, then leftmost corner, and the signed area: each horizontal edge adds the columns beneath it."""
    best, area = begin, np.int64(0)
    px, py = np.int64(xy[end - 1, 0]), np.int64(xy[end - 1, 1])
    bx, by = np.int64(xy[begin, 0]), np.int64(xy[begin, 1])
    for k in range(begin, end):
        x, y = np.int64(xy[k, 0]), np.int64(xy[k, 1])
        if y < by or (y == by and x < bx):
            best, bx, by = k, x, y
        area -= (x - px) * y if y == py else 0
        px, py = x, y
    return best, area


@njit(nogil=True)
def cut_loops(xy, begin, end, pinches, start, m):
    """Split a ring that meets itself at corners (marked by a complemented x) into simple rings, in place. Returns the number of rings."""
    n = end - begin
    ring = xy[begin:end].copy()
    earlier = _earlier_visits(ring, pinches)
    stack, place = np.empty(n, np.int64), np.full(n, -1, np.int64)
    depth, out = 0, begin
    for i in range(n):
        before = earlier[i]
        if before >= 0 and place[before] >= 0:
            bottom = place[before]
            start[m] = out
            m += 1
            for k in range(bottom, depth):
                place[stack[k]] = -1
                xy[out, 0], xy[out, 1] = ring[stack[k], 0], ring[stack[k], 1]
                out += 1
            depth = bottom
        stack[depth], place[i] = i, depth
        depth += 1
    start[m] = out
    for k in range(depth):
        xy[out, 0], xy[out, 1] = ring[stack[k], 0], ring[stack[k], 1]
        out += 1
    return m + 1


@njit(nogil=True)
def _earlier_visits(ring, pinches):
    """For each vertex the earlier one at the same corner, else -1; takes the marks off."""
    earlier = np.full(len(ring), -1, np.int64)
    at, key = np.empty(pinches, np.int64), np.empty(pinches, np.int64)
    k = 0
    for i in range(len(ring)):
        if ring[i, 0] < 0:
            ring[i, 0] = ~ring[i, 0]
            at[k], key[k] = i, (np.int64(ring[i, 1]) << 32) | np.int64(ring[i, 0])
            k += 1
    if pinches > 1:
        order = np.argsort(key)
        for k in range(1, pinches):
            one, two = order[k - 1], order[k]
            if key[one] == key[two]:
                earlier[max(at[one], at[two])] = min(at[one], at[two])
    return earlier


@njit(nogil=True)
def _copy_rings(xy, begins, length, first, order, out, out_start):
    """The rings ``order`` one after the other, each from its first corner on."""
    for i in range(len(order)):
        begin, turn, n = begins[order[i]], first[order[i]], out_start[i]
        end = begin + length[order[i]]
        for k in range(turn, end):
            out[n, 0], out[n, 1] = xy[k, 0], xy[k, 1]
            n += 1
        for k in range(begin, turn):
            out[n, 0], out[n, 1] = xy[k, 0], xy[k, 1]
            n += 1
