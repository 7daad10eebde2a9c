"""Members of JSON objects, one after the other, in a text that is not trusted. Every fault is reported as in ``json_scan_kernel``."""

# mypy: disable-error-code="untyped-decorator, no-any-return"
from __future__ import annotations

import numpy as np

from segue.codecs.json_scan_kernel import CLOSE, COMMA, OBJECT_CLOSE, QUOTE, VALUE, Bytes, Longs, fail, name_end, skip_space, value_start
from segue.storage.compiled import njit

NAME = 4
"""Code of a fault: a name was expected."""


def quoted(word: str) -> Bytes:
    """A name as it stands in a text."""
    return np.frombuffer(f'"{word}"'.encode(), np.uint8).copy()


@njit(nogil=True, _nrt=False)
def member(b: Bytes, name: int, state: Longs) -> tuple[int, int]:
    """Where the name that begins at ``name`` ends, and where its value begins; that is -1 if there is none."""
    end = name_end(b, name, state)
    if end < 0:
        return -1, -1
    return end, value_start(b, end, state)


@njit(nogil=True, _nrt=False)
def next_member(b: Bytes, i: int, first: bool, state: Longs) -> int:  # noqa: FBT001 (a kernel has no keywords)
    """Start of the next name in an object, or the position of its closing bracket; -1 if there is neither."""
    i = skip_space(b, i)
    if i >= b.size:
        return fail(state, i, CLOSE)
    if b[i] == OBJECT_CLOSE:
        return i
    if not first:
        if b[i] != COMMA:
            return fail(state, i, CLOSE)
        i = skip_space(b, i + 1)
    if i >= b.size or b[i] != QUOTE:
        return fail(state, i, NAME)
    return i


@njit(nogil=True, _nrt=False)
def next_or_end(b: Bytes, i: int, closing: int, state: Longs) -> int:
    """The place of the next member or item, or of the closing bracket, after a value that ended at i."""
    i = skip_space(b, i)
    if i >= b.size:
        return fail(state, i, CLOSE)
    if b[i] == closing:
        return i
    if b[i] != COMMA:
        return fail(state, i, CLOSE)
    i = skip_space(b, i + 1)
    if i >= b.size or b[i] == closing:
        return fail(state, i, VALUE)
    return i
