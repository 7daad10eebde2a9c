"""Values of NimbusImage's properties: nested objects as leaves, each with the number of its place.

Plain twin: ``segue.codecs.nimbus_plain.values_of``. Places form a tree; the name of one is looked up by its parent and its bytes.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.codecs.json_member_kernel import member, next_or_end
from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_scan_kernel import (
    BACKSLASH,
    MINUS,
    OBJECT_CLOSE,
    OBJECT_OPEN,
    QUOTE,
    SHALLOW,
    VALUE,
    Bytes,
    Longs,
    fail,
    skip_space,
    value_end,
)
from segue.codecs.nimbus_documents import EXACT, FLOAT, INTEGER, NULL, OTHER, TEXT
from segue.codecs.nimbus_scan_kernel import DONE, ESCAPED, FULL, OBJECT, ROWS, VERTICES
from segue.storage.compiled import njit

Doubles = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int32]

LEAVES = VERTICES
"""Place in ``state``: how many leaves there are."""
NODES = 7
"""And how many places, the root counted."""
SLOW_FLOAT = 5
"""A kind: FLOAT whose number needs the slow way."""
MANY = 24
"""Code of a fault: there are too many places."""
PARENT, BEGIN, END, CHILD, NEXT = range(5)
"""Columns of ``nodes`` (places, 5) int64: parent, begin and end of the name, the child that was met first, the place that was met behind it."""


@njit(nogil=True, _nrt=False)
def _is_named(b: Bytes, nodes: Longs, node: int, parent: int, begin: int, end: int) -> bool:
    if node < 0 or nodes[node, PARENT] != parent or nodes[node, END] - nodes[node, BEGIN] != end - begin:
        return False
    at = nodes[node, BEGIN]
    for k in range(end - begin):  # noqa: SIM110 (a loop is what compiles)
        if b[at + k] != b[begin + k]:
            return False
    return True


@njit(nogil=True, _nrt=False)
def _node(b: Bytes, parent: int, before: int, begin: int, end: int, nodes: Longs, table: Shorts, state: Longs) -> int:
    """The place of a name (with its quotes) below ``parent``; ``before``: the sibling that was met before it, or -1. -1: there are too many."""
    guess = nodes[parent, CHILD] if before < 0 else nodes[before, NEXT]
    if _is_named(b, nodes, guess, parent, begin, end):
        return guess
    code = np.uint64(14695981039346656037) ^ np.uint64(parent)
    for k in range(begin, end):
        code = (code ^ np.uint64(b[k])) * np.uint64(1099511628211)
        if b[k] == BACKSLASH:
            state[ESCAPED] = 1
    slot = np.int64(code ^ (code >> np.uint64(29))) & (table.size - 1)
    while table[slot] >= 0 and not _is_named(b, nodes, table[slot], parent, begin, end):
        slot = (slot + 1) & (table.size - 1)
    node = np.int64(table[slot])
    if node < 0:
        node = state[NODES]
        if node >= len(nodes):
            return fail(state, begin, MANY)
        table[slot] = node
        nodes[node, PARENT], nodes[node, BEGIN], nodes[node, END], nodes[node, CHILD], nodes[node, NEXT] = parent, begin, end, -1, -1
        state[NODES] = node + 1
    if before < 0:
        nodes[parent, CHILD] = node
    else:
        nodes[before, NEXT] = node
    return node


@njit(nogil=True, _nrt=False)
def _leaf(b: Bytes, i: int, at: int, places: Longs, numbers: Doubles, kinds: Bytes, stack: Bytes, state: Longs) -> int:
    """Read the value at i as leaf ``at``; behind it."""
    c = b[i]
    numbers[at] = np.nan
    if c == MINUS or 48 <= c <= 57:
        end, value = number_at(b, i, state)
        if end < 0:
            return -1
        whole = True
        for k in range(i, end):
            if b[k] == 46 or b[k] == 101 or b[k] == 69:
                whole = False
        if whole:
            kinds[at] = INTEGER if value == value and abs(value) <= EXACT else OTHER
            numbers[at] = value + 0.0 if kinds[at] == INTEGER else np.nan
        else:
            kinds[at] = FLOAT if value == value else SLOW_FLOAT
            numbers[at] = value
    else:
        end = value_end(b, i, 0, stack, state)
        kinds[at] = TEXT if c == QUOTE else NULL if c == 110 else OTHER
    places[at, 2], places[at, 3] = i, end
    return end


@njit(nogil=True, _nrt=False)
def _leaves(
    b: Bytes,
    i: int,
    row: int,
    places: Longs,
    numbers: Doubles,
    kinds: Bytes,
    nodes: Longs,
    table: Shorts,
    open_: Longs,
    stack: Bytes,
    state: Longs,
) -> int:
    """Read the object at i, whatever is nested in it; behind it. ``open_`` (limit, 2) int64: the places that are open, and the last one met in each."""
    if b[i] != OBJECT_OPEN:
        return fail(state, i, OBJECT)
    depth = 0
    open_[0, 0], open_[0, 1] = 0, -1
    i = skip_space(b, i + 1)
    while True:
        if i >= b.size:
            return fail(state, i, VALUE)
        if b[i] == OBJECT_CLOSE:
            depth -= 1
            if depth < 0:
                return i + 1
            i = next_or_end(b, i + 1, OBJECT_CLOSE, state)
            if i < 0:
                return -1
            continue
        end, at = member(b, i, state)
        if at < 0:
            return -1
        node = _node(b, open_[depth, 0], open_[depth, 1], i, end, nodes, table, state)
        if node < 0:
            return -1
        open_[depth, 1] = node
        if b[at] == OBJECT_OPEN:
            inside = skip_space(b, at + 1)
            if inside < b.size and b[inside] != OBJECT_CLOSE:
                depth += 1
                if depth >= len(open_):
                    return fail(state, at, SHALLOW)
                open_[depth, 0], open_[depth, 1] = node, -1
                i = inside
                continue
        leaf = state[LEAVES]
        if leaf >= len(numbers):
            state[FULL] = 1
            return -1
        places[leaf, 0], places[leaf, 1] = row, node
        i = _leaf(b, at, leaf, places, numbers, kinds, stack, state)
        if i < 0:
            return -1
        state[LEAVES] = leaf + 1
        i = next_or_end(b, i, OBJECT_CLOSE, state)
        if i < 0:
            return -1


@njit(nogil=True, _nrt=False)
def values(
    b: Bytes,
    i: int,
    keys: Longs,
    places: Longs,
    numbers: Doubles,
    kinds: Bytes,
    nodes: Longs,
    table: Shorts,
    open_: Longs,
    stack: Bytes,
    state: Longs,
) -> int:
    """Read entries of the object of values from the place of one (or of the brace that ends it) until the arrays are full or it ends.

    Parameters
    ----------
    b : (n,) uint8
        The text, which ends in a closing bracket.
    i : int
        Where to begin.
    keys : (entries, 2) int64
        Begin and end of the id of the annotation.
    places : (leaves, 4) int64
        Entry, place, begin and end of the value.
    numbers : (leaves,) float64
        The values of numbers.
    kinds : (leaves,) uint8
        As in ``nimbus_documents``, or SLOW_FLOAT.
    nodes, table
        The places so far, kept from batch to batch.
    open_, stack
        Work space.
    state
        Counts and faults.

    Returns
    -------
    Where to go on, or -1 with the fault in ``state``.
    """
    state[ROWS] = state[LEAVES] = state[FULL] = state[DONE] = 0
    row = 0
    while row < len(keys):
        if i >= b.size:
            return fail(state, i, VALUE)
        if b[i] == OBJECT_CLOSE:
            state[DONE] = 1
            return i + 1
        end, at = member(b, i, state)
        if at < 0:
            return -1
        before = state[LEAVES]
        keys[row, 0], keys[row, 1] = i, end
        if b[at] == 110:
            stop = value_end(b, at, 0, stack, state)
        else:
            stop = _leaves(b, at, row, places, numbers, kinds, nodes, table, open_, stack, state)
            row += stop >= 0
        if stop < 0:
            if state[FULL]:
                state[LEAVES] = before
                return i
            return -1
        state[ROWS] = row
        i = next_or_end(b, stop, OBJECT_CLOSE, state)
        if i < 0:
            return -1
    return i
