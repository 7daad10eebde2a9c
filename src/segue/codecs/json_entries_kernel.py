"""Members of many JSON objects at once, equal texts, texts in a row: kernels over byte spans of one text.

Plain twins: ``dict``, ``set`` and ``str.join``. Spans come from ``segue.codecs.geojson_scan_kernel``: what lies in them is valid JSON, and a
begin of -1 means that there is nothing.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_scan_kernel import (
    ARRAY_OPEN,
    COMMA,
    MINUS,
    OBJECT_CLOSE,
    OBJECT_OPEN,
    QUOTE,
    Bytes,
    Longs,
    number_end,
    skip_space,
    string_end,
    value_end,
)
from segue.storage.compiled import njit

ROW, NAME_BEGIN, NAME_END, VALUE_BEGIN, VALUE_END = range(5)
"""Columns of ``found`` (entries, 5) int64."""
SLOW, NUMBER, OTHER = 0, 1, 2
"""What ``value`` says of a text: a number for ``float``, a number that is there, no number."""


def _word(word: str) -> Bytes:
    return np.frombuffer(f'"{word}"'.encode(), np.uint8).copy()


_NAME, _VALUE, _NAN, _INFINITY, _INF = _word("name"), _word("value"), _word("nan"), _word("infinity"), _word("inf")


@njit(nogil=True, _nrt=False)
def _put(found: Longs, at: int, row: int, name: int, name_end: int, value: int, end: int) -> None:
    if at < len(found):
        found[at, ROW], found[at, NAME_BEGIN], found[at, NAME_END], found[at, VALUE_BEGIN], found[at, VALUE_END] = row, name, name_end, value, end


@njit(nogil=True, _nrt=False)
def _same(b: Bytes, begin: int, end: int, word: Bytes) -> bool:
    if end - begin != word.size:
        return False
    for k in range(word.size):  # noqa: SIM110 (a loop is what compiles)
        if b[begin + k] != word[k]:
            return False
    return True


@njit(nogil=True, _nrt=False)
def _named_value(b: Bytes, i: int, row: int, at: int, found: Longs, stack: Bytes, state: Longs) -> int:
    """Read the object ``{"name": ..., "value": ...}`` at i as one entry; behind it. -1 as name or value: it has none."""
    name, name_end, value, end = -1, -1, -1, -1
    i = skip_space(b, i + 1)
    while b[i] != OBJECT_CLOSE:
        if b[i] == COMMA:
            i = skip_space(b, i + 1)
        begin, stop = i, string_end(b, i, state)
        i = skip_space(b, skip_space(b, stop) + 1)
        last = value_end(b, i, 0, stack, state)
        if _same(b, begin, stop, _NAME) and b[i] == QUOTE:
            name, name_end = i, last
        elif _same(b, begin, stop, _VALUE):
            value, end = i, last
        i = skip_space(b, last)
    if name >= 0 and value >= 0:
        _put(found, at, row, name, name_end, value, end)
        state[2] = at + 1
    return i + 1


@njit(nogil=True, _nrt=False)
def entries(b: Bytes, spans: Longs, first: int, last: int, found: Longs, stack: Bytes, state: Longs) -> int:
    """Members of the objects in ``spans[first:last]`` (n, 2), or the names and values of a list of ``{"name": .., "value": ..}``.

    Returns how many there are; as many as fit are written to ``found`` (so a first call with an empty one counts).
    """
    state[2] = 0
    for row in range(first, last):
        i = spans[row, 0]
        if i < 0 or (b[i] != OBJECT_OPEN and b[i] != ARRAY_OPEN):
            continue
        closing = b[i] + 2
        listed = b[i] == ARRAY_OPEN
        i = skip_space(b, i + 1)
        while b[i] != closing:
            if b[i] == COMMA:
                i = skip_space(b, i + 1)
            if listed and b[i] == OBJECT_OPEN:
                i = _named_value(b, i, row, state[2], found, stack, state)
            elif listed:
                i = value_end(b, i, 0, stack, state)
            else:
                name, stop = i, string_end(b, i, state)
                i = skip_space(b, skip_space(b, stop) + 1)
                end = value_end(b, i, 0, stack, state)
                _put(found, state[2], row, name, stop, i, end)
                state[2] += 1
                i = end
            i = skip_space(b, i)
    return state[2]


@njit(nogil=True, _nrt=False)
def _hash(b: Bytes, begin: int, end: int) -> int:
    code = np.uint64(14695981039346656037)
    for i in range(begin, end):
        code = (code ^ np.uint64(b[i])) * np.uint64(1099511628211)
    return np.int64(code ^ (code >> np.uint64(29)))


@njit(nogil=True, _nrt=False)
def _equal(b: Bytes, i: int, j: int, length: int) -> bool:
    for k in range(length):  # noqa: SIM110 (a loop is what compiles)
        if b[i + k] != b[j + k]:
            return False
    return True


@njit(nogil=True, _nrt=False)
def intern(b: Bytes, begin: Longs, end: Longs, codes: npt.NDArray[np.int32], firsts: Longs, table: npt.NDArray[np.int32]) -> int:
    """Number equal texts: ``codes`` (n,) int32 from 0 in order of appearance, ``firsts`` the first row of each; returns how many.

    ``table`` (a power of two, at least 2 n) holds -1 everywhere.
    """
    count = 0
    mask = table.size - 1
    guess = 0
    for row in range(begin.size):
        length = end[row] - begin[row]
        if guess < count and end[firsts[guess]] - begin[firsts[guess]] == length and _equal(b, begin[firsts[guess]], begin[row], length):
            codes[row] = guess
        else:
            slot = _hash(b, begin[row], end[row]) & mask
            while True:
                code = table[slot]
                if code < 0:
                    table[slot] = count
                    firsts[count] = row
                    codes[row] = count
                    count += 1
                    break
                first = firsts[code]
                if end[first] - begin[first] == length and _equal(b, begin[first], begin[row], length):
                    codes[row] = code
                    break
                slot = (slot + 1) & mask
        guess = codes[row] + 1  # objects usually have the same members in the same order
        if guess == count:
            guess = 0
    return count


@njit(nogil=True, _nrt=False)
def values(b: Bytes, begin: Longs, end: Longs, numbers: npt.NDArray[np.float64], kinds: Bytes, state: Longs) -> None:
    """The numbers at ``begin`` (n,); texts such as "NaN" and "-Infinity" count as numbers. ``kinds`` (n,): SLOW, NUMBER, OTHER."""
    for row in range(begin.size):
        i = begin[row]
        kinds[row] = NUMBER
        if b[i] == MINUS or 48 <= b[i] <= 57:
            _, numbers[row] = number_at(b, i, state)
            if numbers[row] != numbers[row]:
                kinds[row] = SLOW
        elif b[i] == QUOTE:
            numbers[row] = _special(b, i, end[row])
            if numbers[row] == 0.0:
                kinds[row] = OTHER
        else:
            numbers[row] = np.nan
            kinds[row] = OTHER


@njit(nogil=True, _nrt=False)
def _special(b: Bytes, begin: int, end: int) -> float:
    """NaN, Infinity, inf with or without sign, in any case; 0 for another text."""
    sign = 1.0
    if end - begin > 3 and (b[begin + 1] == MINUS or b[begin + 1] == 43):
        sign = -1.0 if b[begin + 1] == MINUS else 1.0
        begin += 1
    if _alike(b, begin, end, _NAN):
        return np.nan
    return sign * np.inf if _alike(b, begin, end, _INFINITY) or _alike(b, begin, end, _INF) else 0.0


@njit(nogil=True, _nrt=False)
def _alike(b: Bytes, begin: int, end: int, word: Bytes) -> bool:
    """Whether a text is ``word`` but for its first character (a quote or a sign) and for capitals."""
    if end - begin != word.size:
        return False
    for k in range(1, word.size):
        c = b[begin + k]
        if 65 <= c <= 90:
            c += 32
        if c != word[k]:
            return False
    return True


@njit(nogil=True, _nrt=False)
def gather(b: Bytes, begin: Longs, end: Longs, separator: int, out: Bytes) -> int:
    """Copy the texts one after the other with a separator between them; returns how many bytes."""
    at = 0
    for row in range(begin.size):
        if row:
            out[at] = separator
            at += 1
        for i in range(begin[row], end[row]):
            out[at] = b[i]
            at += 1
    return at


@njit(nogil=True, _nrt=False)
def number_ends(b: Bytes, begin: Longs, end: Longs, state: Longs) -> None:
    """Where the numbers at ``begin`` end."""
    for row in range(begin.size):
        end[row] = number_end(b, begin[row], state)
