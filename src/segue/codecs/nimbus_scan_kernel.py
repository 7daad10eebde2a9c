"""Annotations of a NimbusImage text, in one pass: where their members lie, and their vertices as flat arrays.

Plain twin: ``segue.codecs.nimbus_plain``. A batch ends after so many annotations, or when there is no room for more vertices; the annotation that
did not fit is read again with the next batch. The whole grammar of JSON is checked on the way.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg"
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.codecs.json_member_kernel import member, next_or_end, quoted
from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_position_kernel import short_number_at
from segue.codecs.json_scan_kernel import (
    ARRAY_CLOSE,
    ARRAY_OPEN,
    CLOSE,
    COLON,
    COMMA,
    MINUS,
    NUMBER,
    OBJECT_CLOSE,
    OBJECT_OPEN,
    QUOTE,
    VALUE,
    Bytes,
    Longs,
    fail,
    has_escape,
    is_text,
    skip_space,
    value_end,
)
from segue.codecs.words_kernel import REACH, word_at
from segue.storage.compiled import njit

Doubles = npt.NDArray[np.float64]

OBJECT, VERTICES_LIST, LOCATION_OBJECT = 21, 22, 23
"""Codes of faults: an object, a list of vertices, a location was expected."""
ROWS, VERTICES, ESCAPED, FULL, DONE = range(2, 7)
"""Where ``state`` (8,) int64 counts what; its first two entries are the fault. DONE: the list has ended."""
SELF, NEW_ID, OLD_ID, SHAPE, TAGS, DATASET, COLOUR, NAME, SIDE = range(9)
"""Whose begin and end ``spans`` (annotations, 9, 2) int64 holds; -1 = not there."""
XY, Z, TIME, CHANNEL = range(4)
"""Columns of ``places`` (annotations, 4) float64; NaN = not there."""
ACCOUNT, OTHER = 1, 2
"""Bits of ``flags`` (annotations,) uint8: there are members about an account, there are members that are not known."""
SLOW = np.uint64(0x7FF8_0000_0000_0000)
"""A NaN; its low 51 bits hold where the text of a number begins that needs the slow way."""


_ID, _OLD, _SHAPE, _TAGS, _DATASET, _COLOUR, _NAME, _SIDE = (quoted(w) for w in ("_id", "id", "shape", "tags", "datasetId", "color", "name", "segue"))
_LOCATION, _CHANNEL, _COORDINATES = quoted("location"), quoted("channel"), quoted("coordinates")
_PLACE_XY, _PLACE_Z, _PLACE_TIME = quoted("XY"), quoted("Z"), quoted("Time")
_X, _Y = quoted("x"), quoted("y")
_FIVE, _NAMED_X, _NAMED_Y = np.uint64(2**40 - 1), *(np.uint64(int.from_bytes(text, "little")) for text in (b'{"x":', b',"y":'))
"""The first five bytes of a word, and what they are in what NimbusImage writes."""
_ACCESS, _CREATOR_ID, _CREATOR, _CREATED_BY, _OWNER, _OWNER_ID = (quoted(w) for w in ("access", "creatorId", "creator", "createdBy", "owner", "ownerId"))
_USER_ID, _USER, _USERS, _GROUPS, _EMAIL, _LOGIN = (quoted(w) for w in ("userId", "user", "users", "groups", "email", "login"))


@njit(nogil=True, _nrt=False)
def _is_account(b: Bytes, i: int) -> bool:
    if is_text(b, i, _ACCESS) or is_text(b, i, _CREATOR_ID) or is_text(b, i, _CREATOR) or is_text(b, i, _CREATED_BY):
        return True
    if is_text(b, i, _OWNER) or is_text(b, i, _OWNER_ID) or is_text(b, i, _USER_ID) or is_text(b, i, _USER):
        return True
    return is_text(b, i, _USERS) or is_text(b, i, _GROUPS) or is_text(b, i, _EMAIL) or is_text(b, i, _LOGIN)


@njit(nogil=True, _nrt=False)
def _known(b: Bytes, i: int) -> int:
    """The column of ``spans`` for the name at i; -1 for another."""
    if is_text(b, i, _ID):
        return NEW_ID
    if is_text(b, i, _TAGS):
        return TAGS
    if is_text(b, i, _SHAPE):
        return SHAPE
    if is_text(b, i, _DATASET):
        return DATASET
    if is_text(b, i, _COLOUR):
        return COLOUR
    if is_text(b, i, _NAME):
        return NAME
    if is_text(b, i, _SIDE):
        return SIDE
    return OLD_ID if is_text(b, i, _OLD) else -1


@njit(nogil=True, _nrt=False)
def _place(b: Bytes, i: int, row: int, column: int, places: Doubles, stack: Bytes, state: Longs) -> int:
    """Read a number or null; infinity for one that is no place of anything."""
    if b[i] == 110:
        places[row, column] = np.nan
        return value_end(b, i, 0, stack, state)
    i, value = number_at(b, i, state)
    places[row, column] = value if value == value else np.inf
    return i


@njit(nogil=True, _nrt=False)
def _location(b: Bytes, i: int, row: int, places: Doubles, stack: Bytes, state: Longs) -> int:
    if b[i] == 110:
        return value_end(b, i, 0, stack, state)
    if b[i] != OBJECT_OPEN:
        return fail(state, i, LOCATION_OBJECT)
    i = skip_space(b, i + 1)
    if i < b.size and b[i] == OBJECT_CLOSE:
        return i + 1
    while True:
        name = i
        end, at = member(b, name, state)
        if at < 0:
            return -1
        if is_text(b, name, _PLACE_XY):
            i = _place(b, at, row, XY, places, stack, state)
        elif is_text(b, name, _PLACE_Z):
            i = _place(b, at, row, Z, places, stack, state)
        elif is_text(b, name, _PLACE_TIME):
            i = _place(b, at, row, TIME, places, stack, state)
        else:
            state[ESCAPED] |= has_escape(b, name, end)
            i = value_end(b, at, 0, stack, state)
        if i < 0:
            return -1
        i = next_or_end(b, i, OBJECT_CLOSE, state)
        if i < 0:
            return -1
        if b[i] == OBJECT_CLOSE:
            return i + 1


@njit(nogil=True, _nrt=False)
def _number(b: Bytes, i: int, at: int, axis: int, coords: Doubles, stack: Bytes, state: Longs) -> int:
    """Read one coordinate: a number, or null, which is NaN."""
    if b[i] == 110:
        coords[at, axis] = np.nan
        return value_end(b, i, 0, stack, state)
    if not (48 <= b[i] <= 57 or b[i] == MINUS):
        return fail(state, i, NUMBER)
    end, value = number_at(b, i, state)
    if end < 0:
        return -1
    coords[at, axis] = value
    if value != value:
        coords.view(np.uint64)[at, axis] = SLOW | np.uint64(i)
    return end


@njit(nogil=True, _nrt=False)
def _short_vertex(b: Bytes, i: int, at: int, coords: Doubles) -> int:
    """Read ``{"x":12.25,"y":7}`` at i into row ``at``; behind it. -1 for every other form."""
    if i + REACH > b.size or word_at(b, i) & _FIVE != _NAMED_X:
        return -1
    i, x = short_number_at(b, i + 5)
    if i < 0 or word_at(b, i) & _FIVE != _NAMED_Y:
        return -1
    i, y = short_number_at(b, i + 5)
    if i < 0 or b[i] != OBJECT_CLOSE:
        return -1
    coords[at, 0], coords[at, 1] = x, y
    return i + 1


@njit(nogil=True, _nrt=False)
def _vertex(b: Bytes, i: int, at: int, coords: Doubles, stack: Bytes, state: Longs) -> int:
    """Read the object at i into row ``at``; behind it."""
    end = _short_vertex(b, i, at, coords)
    if end > 0:
        return end
    coords[at, 0] = coords[at, 1] = np.nan
    i = skip_space(b, i + 1)
    if i < b.size and b[i] == OBJECT_CLOSE:
        return i + 1
    while True:
        name = i
        if i + 5 < b.size and b[i] == QUOTE and b[i + 2] == QUOTE and b[i + 3] == COLON and b[i + 1] >= 97:
            end = i + 3
            begin = i + 4
            if b[begin] <= 32:
                begin = skip_space(b, begin)
        else:
            end, begin = member(b, name, state)
            if begin < 0:
                return -1
        if begin >= b.size:
            return fail(state, begin, VALUE)
        if is_text(b, name, _X):
            i = _number(b, begin, at, 0, coords, stack, state)
        elif is_text(b, name, _Y):
            i = _number(b, begin, at, 1, coords, stack, state)
        else:
            state[ESCAPED] |= has_escape(b, name, end)
            i = value_end(b, begin, 0, stack, state)
        if i < 0:
            return -1
        if i < b.size and b[i] == OBJECT_CLOSE:
            return i + 1
        i = next_or_end(b, i, OBJECT_CLOSE, state)
        if i < 0:
            return -1
        if b[i] == OBJECT_CLOSE:
            return i + 1


@njit(nogil=True, _nrt=False)
def _coordinates(b: Bytes, i: int, first: int, coords: Doubles, stack: Bytes, state: Longs) -> int:
    """Read the list of vertices at i into the rows from ``first``; behind it. FULL is set where there is no room."""
    state[VERTICES] = first
    if b[i] == 110:
        return value_end(b, i, 0, stack, state)
    if b[i] != ARRAY_OPEN:
        return fail(state, i, VERTICES_LIST)
    i = skip_space(b, i + 1)
    if i < b.size and b[i] == ARRAY_CLOSE:
        return i + 1
    at = first
    while True:
        if i >= b.size or b[i] != OBJECT_OPEN:
            return fail(state, i, VERTICES_LIST)
        if at >= len(coords):
            state[FULL] = 1
            return -1
        i = _vertex(b, i, at, coords, stack, state)
        if i < 0:
            return -1
        at += 1
        if i + 1 < b.size and b[i] == COMMA and b[i + 1] == OBJECT_OPEN:
            i += 1
            continue
        i = next_or_end(b, i, ARRAY_CLOSE, state)
        if i < 0:
            return -1
        if b[i] == ARRAY_CLOSE:
            state[VERTICES] = at
            return i + 1


@njit(nogil=True, _nrt=False)
def _annotation(b: Bytes, i: int, row: int, start: int, spans: Longs, places: Doubles, flags: Bytes, coords: Doubles, stack: Bytes, state: Longs) -> int:
    """Read the annotation at i; behind it. Its vertices are those from ``start``."""
    for column in range(9):
        spans[row, column, 0] = spans[row, column, 1] = -1
    for column in range(4):
        places[row, column] = np.nan
    flags[row] = 0
    state[VERTICES] = start
    spans[row, SELF, 0] = i
    if b[i] != OBJECT_OPEN:
        return fail(state, i, OBJECT)
    i = skip_space(b, i + 1)
    if i < b.size and b[i] == OBJECT_CLOSE:
        spans[row, SELF, 1] = i + 1
        return i + 1
    while True:
        name = i
        end, at = member(b, name, state)
        if at < 0:
            return -1
        column = _known(b, name)
        if column >= 0:
            i = value_end(b, at, 0, stack, state)
            spans[row, column, 0] = at
            spans[row, column, 1] = i
        elif is_text(b, name, _COORDINATES):
            i = _coordinates(b, at, start, coords, stack, state)
        elif is_text(b, name, _LOCATION):
            i = _location(b, at, row, places, stack, state)
        elif is_text(b, name, _CHANNEL):
            i = _place(b, at, row, CHANNEL, places, stack, state)
        else:
            flags[row] |= ACCOUNT if _is_account(b, name) else OTHER
            state[ESCAPED] |= has_escape(b, name, end)
            i = value_end(b, at, 0, stack, state)
        if i < 0:
            return -1
        i = next_or_end(b, i, OBJECT_CLOSE, state)
        if i < 0:
            return -1
        if b[i] == OBJECT_CLOSE:
            spans[row, SELF, 1] = i + 1
            return i + 1


@njit(nogil=True, _nrt=False)
def read_annotations(b: Bytes, i: int, spans: Longs, places: Doubles, flags: Bytes, starts: Longs, coords: Doubles, stack: Bytes, state: Longs) -> int:
    """Read annotations from the place of one (or of the bracket that ends their list) until the arrays are full or the list ends.

    ``starts`` (annotations + 1,) int64: where the vertices of each begin. Returns where to go on, or -1 with the fault in ``state``.
    """
    state[ROWS] = state[VERTICES] = state[FULL] = state[DONE] = 0
    starts[0] = 0
    row = 0
    while row < len(spans):
        if i >= b.size:
            return fail(state, i, CLOSE)
        if b[i] == ARRAY_CLOSE:
            state[DONE] = 1
            return i + 1
        end = _annotation(b, i, row, starts[row], spans, places, flags, coords, stack, state)
        if end < 0:
            if state[FULL]:
                state[VERTICES] = starts[row]
                return i
            return -1
        row += 1
        state[ROWS] = row
        starts[row] = state[VERTICES]
        i = next_or_end(b, end, ARRAY_CLOSE, state)
        if i < 0:
            return -1
    return i


@njit(nogil=True, _nrt=False)
def objects(b: Bytes, i: int, spans: Longs, stack: Bytes, state: Longs) -> int:
    """Find the objects of a list from the place of one (or of the bracket that ends the list): ``spans`` (n, 2) int64 their begins and ends."""
    state[ROWS] = state[DONE] = 0
    row = 0
    while row < len(spans):
        if i >= b.size:
            return fail(state, i, CLOSE)
        if b[i] == ARRAY_CLOSE:
            state[DONE] = 1
            return i + 1
        if b[i] != OBJECT_OPEN:
            return fail(state, i, OBJECT)
        end = value_end(b, i, 0, stack, state)
        if end < 0:
            return -1
        spans[row, 0], spans[row, 1] = i, end
        row += 1
        state[ROWS] = row
        i = next_or_end(b, end, ARRAY_CLOSE, state)
        if i < 0:
            return -1
    return i
