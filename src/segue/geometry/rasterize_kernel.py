# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled scanline filling of many polygons, in row bands that run at the same time; each band paints all shapes in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry import bands
from segue.geometry.rule import NUDGE
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

SMALL_BOX = 1 << 15
"""Pixels of a part's box up to which crossings are marked in the box instead of sorted."""

CACHE = 1 << 22
"""Bytes of the image painted at a time."""

PARALLEL_FROM = 2_000_000
"""Pixels or vertices that take about 20 ms."""

MOST_CROSSINGS = 1 << 22
"""How many crossings of a part with rows are held at a time (32 MB); a part with more is filled in several blocks of rows."""


def paint(rings: Rings, values: NDArray[np.generic], order: NDArray[np.int64], shape: tuple[int, int]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """As ``reference.paint``."""
    owner = np.zeros(shape, np.int32)
    pieces = bands.count(shape[0], worth=max(owner.size, len(rings.coords)) >= PARALLEL_FROM)
    lost = np.zeros((pieces, len(rings)), np.int64)
    extents = _extents(rings.coords, rings.ring_start, rings.part_start)
    comparable = values.view(np.uint8) if values.dtype == np.bool_ else values
    block = _block(shape, extents)

    def work(band: int, begin: int, end: int) -> None:
        for top in range(begin, end, block):
            _paint_band(
                owner, top, min(top + block, end), rings.coords, rings.ring_start, rings.part_start, rings.shape_start, order, extents, comparable, lost[band]
            )

    bands.run(work, shape[0], pieces)
    return owner, lost.sum(axis=0)


def _block(shape: tuple[int, int], extents: NDArray[np.float64]) -> int:
    """Rows painted at a time: few enough that they stay in the cache, but many times the height of a part, which is walked once per block."""
    height = (extents[:, 3] - extents[:, 1])[extents[:, 3] >= extents[:, 1]]
    return int(max(16, CACHE // max(1, 4 * shape[1]), min(shape[0], 4 * height.mean()) if len(height) else 0))


def colour(owner: NDArray[np.int32], values: NDArray[np.generic], out: NDArray[np.generic] | None) -> NDArray[np.generic]:
    """As ``reference.colour``."""
    if out is None and values.dtype == np.int32 and np.array_equal(values, np.arange(1, len(values) + 1)):
        return owner
    target = np.empty(owner.shape, values.dtype) if out is None else out
    table = np.concatenate([np.zeros(1, values.dtype), values])
    pieces = bands.count(owner.shape[0], worth=owner.size >= PARALLEL_FROM)
    bands.run(lambda _, begin, end: _colour_band(owner[begin:end], table, target[begin:end], out is not None), owner.shape[0], pieces)
    return target


def _colour_band(owner: NDArray[np.int32], table: NDArray[np.generic], target: NDArray[np.generic], keep: bool) -> None:  # noqa: FBT001
    rows = max(1, 65536 // max(1, owner.shape[1]))
    for begin in range(0, len(owner), rows):
        part = owner[begin : begin + rows]
        if keep:
            np.copyto(target[begin : begin + rows], table[part], where=part != 0)
        else:
            np.take(table, part, out=target[begin : begin + rows], mode="clip")


@njit(nogil=True)
def _extents(coords, ring_start, part_start):
    """(parts, 4) Smallest x, y and largest x, y of each part."""
    out = np.empty((len(part_start) - 1, 4))
    for part in range(len(out)):
        left, top, right, bottom = np.inf, np.inf, -np.inf, -np.inf
        for k in range(ring_start[part_start[part]], ring_start[part_start[part + 1]]):
            x, y = coords[k, 0], coords[k, 1]
            left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
        out[part, 0], out[part, 1], out[part, 2], out[part, 3] = left, top, right, bottom
    return out


@njit(nogil=True)
def _row(y, begin, end):
    """First row whose centre is not above y, within begin..end."""
    return int(min(max(np.ceil(y - 0.5), float(begin)), float(end)))


@njit(nogil=True)
def _column(x, begin, end):
    """First column whose centre is not left of x, as ImageJ rounds, within begin..end."""
    return int(min(max(np.floor(x + 0.5), float(begin)), float(end)))


@njit(nogil=True)
def _paint_band(owner, begin, end, coords, ring_start, part_start, shape_start, order, extents, values, lost):
    """All shapes, in order, on the rows begin..end."""
    width = owner.shape[1]
    flips = np.zeros(SMALL_BOX, np.uint8)
    crossings = np.empty(4096)
    count = np.zeros(end - begin + 1, np.int64)
    for shape in order:
        for part in range(shape_start[shape], shape_start[shape + 1]):
            first, last = _row(extents[part, 1], begin, end), _row(extents[part, 3], begin, end)
            left, right = _column(extents[part, 0], 0, width), _column(extents[part, 2] + NUDGE, 0, width)
            if last <= first or right <= left:
                continue
            a, b = part_start[part], part_start[part + 1]
            if (last - first) * (right - left + 1) <= SMALL_BOX:
                _flip(coords, ring_start, a, b, first, last, left, right, flips)
                _fill_box(owner, first, last, left, right, flips, shape, values, lost)
            else:
                crossings = _paint_large(owner, first, last, coords, ring_start, a, b, count, crossings, shape, values, lost)


@njit(nogil=True)
def _flip(coords, ring_start, first_ring, end_ring, top, bottom, left, right, flips):
    """Flip a switch in the box of a small part wherever an edge crosses the centre line of a row."""
    stride = right - left + 1
    for ring in range(first_ring, end_ring):
        a, b = ring_start[ring], ring_start[ring + 1]
        if a == b:
            continue
        px, py = coords[b - 1, 0], coords[b - 1, 1]
        before = _row(py, top, bottom)
        for k in range(a, b):
            x, y = coords[k, 0], coords[k, 1]
            row = _row(y, top, bottom)
            if row != before:
                if before < row:
                    r0, r1, ax, ay, slope = before, row, px, py, (x - px) / (y - py)
                else:
                    r0, r1, ax, ay, slope = row, before, x, y, (px - x) / (py - y)
                place = (r0 - top) * stride - left
                for r in range(r0, r1):
                    flips[place + _column(ax + (r + 0.5 - ay) * slope + NUDGE, left, right)] ^= 1
                    place += stride
            px, py, before = x, y, row


@njit(nogil=True)
def _fill_box(owner, top, bottom, left, right, flips, shape, values, lost):
    """Paint where an odd number of switches at the left are on, and turn them all off. Without branches, so that it runs in SIMD."""
    mine, width = np.int32(shape + 1), right - left
    for r in range(top, bottom):
        line = owner[r, left:right]
        inside = flips[(r - top) * (width + 1) : (r - top + 1) * (width + 1)]
        on, taken = np.uint8(0), np.int32(0)
        for k in range(width):
            on ^= inside[k]
            inside[k] = on
            taken |= line[k] * np.int32(on)
        if taken:
            _lose(line, inside, shape, values, lost)
        for k in range(width):
            line[k] = mine if inside[k] else line[k]
        inside[:] = 0


@njit(nogil=True)
def _lose(line, inside, shape, values, lost):
    """Count what shapes of another value own where ``shape`` is about to be painted."""
    for k in range(len(line)):
        other = line[k] - 1
        if inside[k] and other >= 0 and other != shape and values[other] != values[shape]:
            lost[other] += 1


@njit(nogil=True)
def _paint_large(owner, first, last, coords, ring_start, a, b, count, crossings, shape, values, lost):
    """Sort the crossings of each row; as many rows at a time as ``MOST_CROSSINGS`` allows. Returns the (perhaps larger) working array."""
    height, total = last - first, _count(coords, ring_start, a, b, first, last, count)
    if total > MOST_CROSSINGS:
        height = max(1, int(height * (MOST_CROSSINGS / total)))
    for top in range(first, last, height):
        bottom = min(top + height, last)
        if height < last - first:
            total = _count(coords, ring_start, a, b, top, bottom, count)
        if total > len(crossings):
            crossings = np.empty(total * 2)
        _cross(coords, ring_start, a, b, top, bottom, count, crossings)
        _fill(owner, top, bottom, count, crossings, shape, values, lost)
    return crossings


@njit(nogil=True)
def _count(coords, ring_start, first_ring, end_ring, top, bottom, count):
    """Offsets of the crossings of each row in ``count[0..bottom - top]``; returns their number."""
    rows = bottom - top
    count[: rows + 1] = 0
    for ring in range(first_ring, end_ring):
        a, b = ring_start[ring], ring_start[ring + 1]
        if a == b:
            continue
        before = _row(coords[b - 1, 1], top, bottom)
        for k in range(a, b):
            row = _row(coords[k, 1], top, bottom)
            for r in range(min(before, row), max(before, row)):
                count[r - top + 1] += 1
            before = row
    for r in range(rows):
        count[r + 1] += count[r]
    return count[rows]


@njit(nogil=True)
def _cross(coords, ring_start, first_ring, end_ring, top, bottom, count, crossings):
    """The x of each crossing; afterwards ``count[r]`` is the end of row r."""
    for ring in range(first_ring, end_ring):
        a, b = ring_start[ring], ring_start[ring + 1]
        if a == b:
            continue
        px, py = coords[b - 1, 0], coords[b - 1, 1]
        before = _row(py, top, bottom)
        for k in range(a, b):
            x, y = coords[k, 0], coords[k, 1]
            row = _row(y, top, bottom)
            if row != before:
                if before < row:
                    r0, r1, ax, ay, slope = before, row, px, py, (x - px) / (y - py)
                else:
                    r0, r1, ax, ay, slope = row, before, x, y, (px - x) / (py - y)
                for r in range(r0, r1):
                    crossings[count[r - top]] = ax + (r + 0.5 - ay) * slope + NUDGE
                    count[r - top] += 1
            px, py, before = x, y, row


@njit(nogil=True)
def _fill(owner, top, bottom, count, crossings, shape, values, lost):
    """Paint between each odd crossing and the next; what another value owned there is lost to it."""
    width, mine, value = owner.shape[1], shape + 1, values[shape]
    begin = 0
    for r in range(bottom - top):
        end = count[r]
        _sort(crossings, begin, end)
        line = owner[top + r]
        for k in range(begin, end - 1, 2):
            for column in range(_column(crossings[k], 0, width), _column(crossings[k + 1], 0, width)):
                other = line[column]
                if other != 0 and other != mine and values[other - 1] != value:
                    lost[other - 1] += 1
                line[column] = mine
        begin = end


@njit(nogil=True)
def _sort(values, begin, end):
    if end - begin > 32:
        values[begin:end].sort()
        return
    for i in range(begin + 1, end):
        value, j = values[i], i - 1
        while j >= begin and values[j] > value:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = value
