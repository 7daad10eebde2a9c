"""Coordinates of one GeoJSON geometry, from text to flat arrays. Plain twin: ``segue.codecs.geojson_plain``.

Kernels hand arrays on one by one: a tuple of arrays, or a view of a row, costs an atomic reference count per array and call, which
takes several times longer than the work.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return"
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_position_kernel import position_at
from segue.codecs.json_scan_kernel import ARRAY_CLOSE, ARRAY_OPEN, CLOSE, COMMA, MINUS, NUMBER, SHALLOW, Bytes, Longs, fail, skip_space
from segue.storage.compiled import njit

Doubles = npt.NDArray[np.float64]

POSITION = 8
"""Code of a fault: a position of at least two numbers was expected."""
VERTICES, RINGS, PARTS, SHAPES, ROWS, MEMBERS, ESCAPED, SLOW = range(2, 10)
"""Where ``state`` (10,) int64 counts what; its first two entries are the fault."""
RING_START, PART_START, SHAPE_START = range(3)
"""Rows of ``starts`` (3, n) int64: the offsets of the flat geometry."""
SLOW_NUMBER = np.uint64(0x7FF8_0000_0000_0000)
"""A NaN; its low 51 bits hold where the text of the number begins."""


@njit(nogil=True, _nrt=False)
def _later(coords: Doubles, at: int, axis: int, begin: int, state: Longs) -> None:
    """Leave a note in place of a number that needs the slow way."""
    coords.view(np.uint64)[at, axis] = SLOW_NUMBER | np.uint64(begin)
    state[SLOW] += 1


@njit(nogil=True, _nrt=False)
def _position(b: Bytes, i: int, at: int, coords: Doubles, state: Longs) -> int:
    """Read ``x, y, ... ]`` into row ``at``; the opening bracket is before i. Numbers beyond the second are checked and dropped."""
    axis = 0
    while True:
        begin = i
        if not (48 <= b[i] <= 57 or b[i] == MINUS):
            begin = skip_space(b, i)
            if begin >= b.size:
                return fail(state, begin, NUMBER)
        i, value = number_at(b, begin, state)
        if i < 0:
            return -1
        if axis < 2:
            coords[at, axis] = value
            if value != value:
                _later(coords, at, axis, begin, state)
        axis += 1
        if b[i] != COMMA and b[i] != ARRAY_CLOSE:
            i = skip_space(b, i)
            if i >= b.size or (b[i] != COMMA and b[i] != ARRAY_CLOSE):
                return fail(state, i, CLOSE)
        i += 1
        if b[i - 1] == ARRAY_CLOSE:
            return i if axis >= 2 else fail(state, begin, POSITION)
        if i >= b.size:
            return fail(state, i, NUMBER)


@njit(nogil=True, _nrt=False)
def _same(coords: Doubles, first: int, last: int) -> bool:
    return coords[first, 0] == coords[last, 0] and coords[first, 1] == coords[last, 1]


@njit(nogil=True, _nrt=False)
def coordinates(b: Bytes, i: int, nesting: int, closed: bool, split: bool, room: int, starts: Longs, coords: Doubles, state: Longs) -> int:  # noqa: FBT001 (a kernel has no keywords)
    """Read the coordinates at i and append them to ``starts`` and ``coords``.

    ``nesting``: how many brackets deep its numbers stand (1 point .. 4 multipolygon); ``closed``: rings repeat their first vertex at the
    end; ``split``: every ring is a part of its own; ``room``: how many brackets may be opened.
    """
    vertices, rings, parts = state[VERTICES], state[RINGS], state[PARTS]
    if nesting > room:
        return fail(state, i, SHALLOW)
    if b[i] != ARRAY_OPEN:
        return fail(state, i, POSITION)
    i += 1
    depth = 1
    while depth > 0:
        if depth == nesting:
            stop, x, y = position_at(b, i)
            if stop < 0:
                at, x = number_at(b, i, state)
                if at > 0 and b[at] == COMMA and x == x:
                    stop, y = number_at(b, at + 1, state)
                    stop = stop + 1 if stop > 0 and b[stop] == ARRAY_CLOSE and y == y else -1
            if stop >= 0:
                coords[vertices, 0] = x
                coords[vertices, 1] = y
                i = stop
            else:
                i = _position(b, i, vertices, coords, state)
                if i < 0:
                    return -1
            vertices += 1
            depth -= 1
        else:
            i = skip_space(b, i)
            if i >= b.size or (b[i] != ARRAY_OPEN and b[i] != ARRAY_CLOSE):
                return fail(state, i, POSITION)
            i += 1
            if b[i - 1] == ARRAY_OPEN:
                depth += 1
                continue
            depth -= 1
        while depth > 0:
            if i < b.size and b[i] != COMMA and b[i] != ARRAY_CLOSE:
                i = skip_space(b, i)
            if i >= b.size:
                return fail(state, i, CLOSE)
            i += 1
            if b[i - 1] == COMMA:
                if i >= b.size or b[i] != ARRAY_OPEN:
                    i = skip_space(b, i)
                    if i >= b.size or b[i] != ARRAY_OPEN:
                        return fail(state, i, POSITION)
                i += 1
                depth += 1
                break
            if b[i - 1] != ARRAY_CLOSE:
                return fail(state, i - 1, CLOSE)
            level = nesting - depth
            depth -= 1
            if level == 1 and vertices > starts[RING_START, rings]:
                if closed and vertices - 1 > starts[RING_START, rings] and _same(coords, starts[RING_START, rings], vertices - 1):
                    vertices -= 1
                rings += 1
                starts[RING_START, rings] = vertices
            if (level == 2 or (level == 1 and split)) and rings > starts[PART_START, parts]:
                parts += 1
                starts[PART_START, parts] = rings
    if nesting == 1:
        rings += 1
        starts[RING_START, rings] = vertices
    if nesting <= 2 and rings > starts[PART_START, parts]:
        parts += 1
        starts[PART_START, parts] = rings
    state[VERTICES], state[RINGS], state[PARTS] = vertices, rings, parts
    return i
