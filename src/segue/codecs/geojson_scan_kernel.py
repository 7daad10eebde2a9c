"""The features of a GeoJSON text in one pass: where their properties lie, and their coordinates as flat arrays.

Plain twin: ``segue.codecs.geojson_plain``. The text is walked without recursion: frames (a list of features, a feature, its properties)
lie on a stack of fixed depth, one per open bracket.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return"
from __future__ import annotations

from segue.codecs.geojson_coordinates_kernel import ESCAPED, MEMBERS, ROWS, Doubles
from segue.codecs.geojson_geometry_kernel import geometry, geometry_kind
from segue.codecs.json_member_kernel import member, next_member, quoted
from segue.codecs.json_scan_kernel import (
    ARRAY_CLOSE,
    ARRAY_OPEN,
    CLOSE,
    COMMA,
    OBJECT_CLOSE,
    OBJECT_OPEN,
    SHALLOW,
    Bytes,
    Longs,
    fail,
    has_escape,
    is_text,
    skip_space,
    value_end,
)
from segue.storage.compiled import njit

FEATURE, TYPE, END = 11, 12, 13
"""Codes of faults: a feature or a list of features; the type of a feature; the end of the text."""
LIST, OBJECT, PROPERTIES_FRAME = 0, 1, 2
"""Kinds of ``frames`` (limit, 3) int64: kind, row of the feature, whether it was just opened."""
SELF, ID, OBJECT_TYPE, NAME, COLOUR, CLASSIFICATION, LOCKED, MEASUREMENTS, METADATA, PROPERTIES = range(10)
"""Whose begin and end ``spans`` (features, 10, 2) int64 holds; -1 = not there. From ID to LOCKED the places are those in ``copy``."""
COPIED = 10
"""Place in ``state``: how many bytes of ``copy`` are in use."""
PARENT, KIND, FOREIGN = range(3)
"""Columns of ``rows`` (features, 3) int64: row of the parent or -1, what it is, whether it has other than the known names."""
MEMBER_LIMIT = 256
"""Rows of ``members`` (256, 4) int64: begin and end of the name and of the value of foreign members of the outermost object."""
IS_FEATURE, IS_COLLECTION, IS_GEOMETRY = 1, 2, 3
FOREIGN_MEMBER, FOREIGN_PROPERTY = 1, 2

_TYPE, _ID, _GEOMETRY, _NUCLEUS = quoted("type"), quoted("id"), quoted("geometry"), quoted("nucleusGeometry")
_PROPERTIES, _FEATURES, _FEATURE, _COLLECTION = quoted("properties"), quoted("features"), quoted("Feature"), quoted("FeatureCollection")
_OBJECT_TYPE, _NAME, _COLOUR, _CLASSIFICATION = quoted("objectType"), quoted("name"), quoted("color"), quoted("classification")
_LOCKED, _MEASUREMENTS, _METADATA = quoted("isLocked"), quoted("measurements"), quoted("metadata")
_CHILD_OBJECTS, _CHILDREN = quoted("childObjects"), quoted("children")


@njit(nogil=True, _nrt=False)
def _property(b: Bytes, name: int, end: int) -> int:
    """Which known property a name is; -1 for another."""
    if is_text(b, name, _OBJECT_TYPE):
        return OBJECT_TYPE
    if is_text(b, name, _CLASSIFICATION):
        return CLASSIFICATION
    if is_text(b, name, _NAME):
        return NAME
    if is_text(b, name, _COLOUR):
        return COLOUR
    if is_text(b, name, _LOCKED):
        return LOCKED
    if is_text(b, name, _MEASUREMENTS):
        return MEASUREMENTS
    return METADATA if is_text(b, name, _METADATA) else -1


@njit(nogil=True, _nrt=False)
def _keep(b: Bytes, begin: int, end: int, row: int, column: int, spans: Longs, copy: Bytes, state: Longs) -> int:
    """Copy a value to where those of all features lie together, while it is at hand: fetching it later costs more than reading it did."""
    at = state[COPIED]
    if end >= 0:
        for i in range(begin, end):
            copy[at + i - begin] = b[i]
        spans[row, column, 0] = at
        at += end - begin
        spans[row, column, 1] = at
        state[COPIED] = at
    return end


@njit(nogil=True, _nrt=False)
def _forget(spans: Longs, row: int, first: int) -> None:
    for column in range(first, 10):
        spans[row, column, 0] = spans[row, column, 1] = -1


@njit(nogil=True, _nrt=False)
def _open(b: Bytes, i: int, depth: int, parent: int, rows: Longs, spans: Longs, frames: Longs, state: Longs) -> int:
    """Push the frame of the list or object at i; ``parent`` is the row it belongs to."""
    if i >= b.size or (b[i] != OBJECT_OPEN and b[i] != ARRAY_OPEN):
        return fail(state, i, FEATURE)
    if depth >= len(frames):
        return fail(state, i, SHALLOW)
    frames[depth, 0], frames[depth, 1], frames[depth, 2] = LIST, parent, 1
    if b[i] == OBJECT_OPEN:
        row = state[ROWS]
        state[ROWS] = row + 1
        rows[row, PARENT], rows[row, KIND], rows[row, FOREIGN] = parent, 0, 0
        _forget(spans, row, 0)
        spans[row, SELF, 0] = i
        frames[depth, 0], frames[depth, 1] = OBJECT, row
    return i + 1


@njit(nogil=True, _nrt=False)
def _close(
    b: Bytes,
    end: int,
    depth: int,
    row: int,
    rows: Longs,
    spans: Longs,
    shapes: Longs,
    starts: Longs,
    coords: Doubles,
    state: Longs,
    stack: Bytes,
) -> int:
    """An object has ended: decide what it was."""
    kind = rows[row, KIND]
    if kind == 0:
        return fail(state, spans[row, SELF, 0], TYPE)
    spans[row, SELF, 1] = end
    if kind == IS_GEOMETRY:
        rows[row, FOREIGN] = 0
        return geometry(b, spans[row, SELF, 0], depth, row, 0, shapes, starts, coords, state, stack)
    return end


@njit(nogil=True, _nrt=False)
def _type(b: Bytes, i: int, row: int, rows: Longs, state: Longs) -> int:
    if is_text(b, i, _FEATURE):
        rows[row, KIND] = IS_FEATURE
    elif is_text(b, i, _COLLECTION):
        rows[row, KIND] = IS_COLLECTION
    elif geometry_kind(b, i) != 0:
        rows[row, KIND] = IS_GEOMETRY
    else:
        return fail(state, i, TYPE)
    return i


@njit(nogil=True, _nrt=False)
def _foreign(b: Bytes, name: int, end: int, at: int, depth: int, row: int, rows: Longs, members: Longs, state: Longs, stack: Bytes) -> int:
    """Pass over the value at ``at`` of a name that is not known; on the outermost object remember where it is."""
    if has_escape(b, name, end):
        state[ESCAPED] = 1
    stop = value_end(b, at, depth, stack, state)
    nth = state[MEMBERS]
    if depth == 1 and nth < MEMBER_LIMIT:
        members[nth, 0], members[nth, 1], members[nth, 2], members[nth, 3] = name, end, at, stop
        state[MEMBERS] = nth + 1
    rows[row, FOREIGN] |= FOREIGN_MEMBER
    return stop


@njit(nogil=True, _nrt=False)
def _member(
    b: Bytes,
    name: int,
    end: int,
    i: int,
    depth: int,
    row: int,
    rows: Longs,
    spans: Longs,
    members: Longs,
    shapes: Longs,
    starts: Longs,
    coords: Doubles,
    copy: Bytes,
    state: Longs,
    stack: Bytes,
) -> int:
    """Read one member of a feature (``depth`` brackets are open); 0 if its value is a frame to be pushed."""
    if is_text(b, name, _TYPE):
        i = _type(b, i, row, rows, state)
        return value_end(b, i, depth, stack, state) if i >= 0 else -1
    if is_text(b, name, _GEOMETRY) or is_text(b, name, _NUCLEUS):
        if rows[row, KIND] == 0:
            rows[row, KIND] = IS_FEATURE
        if b[i] == 110:
            return value_end(b, i, depth, stack, state)
        return geometry(b, i, depth, row, 0 if b[name + 1] == 103 else 1, shapes, starts, coords, state, stack)
    if is_text(b, name, _ID):
        return _keep(b, i, value_end(b, i, depth, stack, state), row, ID, spans, copy, state)
    if is_text(b, name, _FEATURES) and b[i] == ARRAY_OPEN:
        if rows[row, KIND] == 0:
            rows[row, KIND] = IS_COLLECTION
        return 0
    if is_text(b, name, _PROPERTIES) and b[i] == OBJECT_OPEN:
        _forget(spans, row, OBJECT_TYPE)
        return 0
    if is_text(b, name, _PROPERTIES) and b[i] == 110:
        return value_end(b, i, depth, stack, state)
    return _foreign(b, name, end, i, depth, row, rows, members, state, stack)


@njit(nogil=True, _nrt=False)
def _property_value(b: Bytes, name: int, end: int, i: int, depth: int, row: int, rows: Longs, spans: Longs, copy: Bytes, state: Longs, stack: Bytes) -> int:
    """Read one property; 0 if its value is a list of children to be pushed."""
    known = _property(b, name, end)
    if known < 0:
        if is_text(b, name, _CHILD_OBJECTS) or is_text(b, name, _CHILDREN):
            return 0 if b[i] == ARRAY_OPEN else value_end(b, i, depth, stack, state)
        rows[row, FOREIGN] |= FOREIGN_PROPERTY
        if has_escape(b, name, end):
            state[ESCAPED] = 1
        return value_end(b, i, depth, stack, state)
    stop = value_end(b, i, depth, stack, state)
    if known < MEASUREMENTS:
        return _keep(b, i, stop, row, known, spans, copy, state)
    spans[row, known, 0] = i
    spans[row, known, 1] = stop
    return stop


@njit(nogil=True, _nrt=False)
def _push(b: Bytes, i: int, depth: int, row: int, rows: Longs, spans: Longs, frames: Longs, state: Longs) -> int:
    """Push the frame of the properties, features or children at i."""
    if b[i] == ARRAY_OPEN:
        return _open(b, i, depth, row, rows, spans, frames, state)
    if depth >= len(frames):
        return fail(state, i, SHALLOW)
    frames[depth, 0], frames[depth, 1], frames[depth, 2] = PROPERTIES_FRAME, row, 1
    spans[row, PROPERTIES, 0] = i
    return i + 1


@njit(nogil=True, _nrt=False)
def scan(
    b: Bytes,
    rows: Longs,
    spans: Longs,
    members: Longs,
    shapes: Longs,
    starts: Longs,
    coords: Doubles,
    copy: Bytes,
    state: Longs,
    frames: Longs,
    stack: Bytes,
) -> int:
    """Read a whole text; 0, or -1 with the fault in ``state``. All offsets start with a zero, ``state`` is zero."""
    i = _open(b, skip_space(b, 0), 0, -1, rows, spans, frames, state)
    depth = 1
    while i >= 0 and depth > 0:
        kind, row, first = frames[depth - 1, 0], frames[depth - 1, 1], frames[depth - 1, 2]
        frames[depth - 1, 2] = 0
        if kind == LIST:
            i = skip_space(b, i)
            if i >= b.size:
                return fail(state, i, CLOSE)
            if b[i] == ARRAY_CLOSE:
                depth -= 1
                i += 1
                continue
            if not first:
                if b[i] != COMMA:
                    return fail(state, i, CLOSE)
                i = skip_space(b, i + 1)
            i = _open(b, i, depth, row, rows, spans, frames, state)
            depth += 1
            continue
        name = next_member(b, i, first == 1, state)
        if name < 0:
            return -1
        if b[name] == OBJECT_CLOSE:
            depth -= 1
            i = name + 1
            if kind == OBJECT:
                i = _close(b, i, depth, row, rows, spans, shapes, starts, coords, state, stack)
            else:
                spans[row, PROPERTIES, 1] = i
            continue
        end, at = member(b, name, state)
        if at < 0:
            return -1
        if kind == OBJECT:
            i = _member(b, name, end, at, depth, row, rows, spans, members, shapes, starts, coords, copy, state, stack)
        else:
            i = _property_value(b, name, end, at, depth, row, rows, spans, copy, state, stack)
        if i == 0:
            i = _push(b, at, depth, row, rows, spans, frames, state)
            depth += 1
    if i < 0:
        return -1
    i = skip_space(b, i)
    return 0 if i == b.size else fail(state, i, END)


@njit(nogil=True, _nrt=False)
def count_brackets(b: Bytes) -> tuple[int, int]:
    """How many ``[`` and ``{`` there are, texts included: never fewer than arrays and objects."""
    arrays = 0
    objects = 0
    for c in b:
        arrays += c == ARRAY_OPEN
        objects += c == OBJECT_OPEN
    return arrays, objects
