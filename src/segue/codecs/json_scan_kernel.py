"""JSON scanner kernels: where values end, with the whole grammar of RFC 8259 checked. Plain twin: ``json.loads``.

Every function takes ``b`` (n,) uint8, whose LAST BYTE IS ``]`` OR ``}`` (so that numbers and words never run past the end), and an
index; it returns the index behind what it read, or -1 after writing (position, code of what was expected) to ``fault`` (2,) int64.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg, var-annotated"
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.codecs.words_kernel import LANES, LITTLE_ENDIAN, other_than_text, trailing_zeros
from segue.storage.compiled import njit

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]

OBJECT_OPEN, OBJECT_CLOSE, ARRAY_OPEN, ARRAY_CLOSE = 123, 125, 91, 93
QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, POINT = 34, 92, 44, 58, 45, 43, 46

VALUE, STRING, CLOSE, NAME, NUMBER, SHALLOW, ESCAPE = 1, 2, 3, 4, 5, 6, 7
EXPECTED = {
    VALUE: "a value",
    STRING: 'the closing " of a text',
    CLOSE: "a comma or a closing bracket",
    NAME: 'a "name":',
    NUMBER: "a number",
    SHALLOW: "less deeply nested brackets",
    ESCAPE: "a valid \\ escape",
}
LONGEST_NUMBER = 4300
_PLAIN = np.ones(256, np.bool_)
"""Bytes that may stand in a text as they are (a table is several times faster than comparisons)."""
_PLAIN[:32] = False
_PLAIN[[QUOTE, BACKSLASH]] = False


@njit(inline="always")
def fail(fault: Longs, position: int, code: int) -> int:
    fault[0] = position
    fault[1] = code
    return -1


@njit(nogil=True, _nrt=False)
def skip_space(b: Bytes, i: int) -> int:
    if i < b.size and b[i] > 32:
        return i
    while i < b.size and (b[i] == 32 or b[i] == 10 or b[i] == 13 or b[i] == 9):
        i += 1
    return i


@njit(nogil=True, _nrt=False)
def _is_hex(c: int) -> bool:
    return 48 <= c <= 57 or 65 <= c <= 70 or 97 <= c <= 102


@njit(nogil=True, _nrt=False)
def _escape_end(b: Bytes, i: int, fault: Longs) -> int:
    """Behind the escape whose backslash is at i."""
    if i + 1 >= b.size:
        return fail(fault, i, STRING)
    c = b[i + 1]
    if c == 117:
        for k in range(i + 2, i + 6):
            if k >= b.size or not _is_hex(b[k]):
                return fail(fault, i, ESCAPE)
        return i + 6
    if c == 34 or c == 92 or c == 47 or c == 98 or c == 102 or c == 110 or c == 114 or c == 116:
        return i + 2
    return fail(fault, i, ESCAPE)


@njit(nogil=True, _nrt=False)
def string_end(b: Bytes, i: int, fault: Longs) -> int:
    """Behind the text whose opening quote is at i."""
    begin = i
    i += 1
    while True:
        while LITTLE_ENDIAN and i + LANES <= b.size:
            plain = trailing_zeros(other_than_text(b, i))
            if plain < LANES:
                i += np.int64(plain)
                break
            i += LANES
        while i < b.size and _PLAIN[b[i]]:
            i += 1
        if i >= b.size:
            return fail(fault, begin, STRING)
        if b[i] == QUOTE:
            return i + 1
        if b[i] != BACKSLASH:
            return fail(fault, i, STRING)
        i = _escape_end(b, i, fault)
        if i < 0:
            return -1


@njit(nogil=True, _nrt=False)
def _digits_end(b: Bytes, i: int) -> int:
    while 48 <= b[i] <= 57:
        i += 1
    return i


@njit(nogil=True, _nrt=False)
def number_end(b: Bytes, i: int, fault: Longs) -> int:
    """Behind the number that starts at i."""
    begin = i
    if b[i] == MINUS:
        i += 1
    digits = i
    i = _digits_end(b, i)
    if i == digits or (b[digits] == 48 and i > digits + 1):
        return fail(fault, begin, NUMBER)
    if b[i] == POINT:
        digits = i + 1
        i = _digits_end(b, digits)
        if i == digits:
            return fail(fault, begin, NUMBER)
    if b[i] == 101 or b[i] == 69:
        i += 1
        if b[i] == PLUS or b[i] == MINUS:
            i += 1
        digits = i
        i = _digits_end(b, i)
        if i == digits:
            return fail(fault, begin, NUMBER)
    if i - begin > LONGEST_NUMBER:
        return fail(fault, begin, NUMBER)
    return i


@njit(nogil=True, _nrt=False)
def has_escape(b: Bytes, i: int, end: int) -> bool:
    """Whether the text from i to ``end`` holds a backslash."""
    for k in range(i, end):  # noqa: SIM110 (a loop is what compiles)
        if b[k] == BACKSLASH:
            return True
    return False


@njit(nogil=True, _nrt=False)
def is_text(b: Bytes, i: int, text: Bytes) -> bool:
    """Whether the bytes at i are ``text``."""
    if i + text.size > b.size:
        return False
    for k in range(text.size):  # noqa: SIM110 (a loop is what compiles)
        if b[i + k] != text[k]:
            return False
    return True


@njit(nogil=True, _nrt=False)
def _word_end(b: Bytes, i: int, fault: Longs) -> int:
    """Behind true, false or null."""
    if b[i] == 116 and i + 4 <= b.size and b[i + 1] == 114 and b[i + 2] == 117 and b[i + 3] == 101:
        return i + 4
    if b[i] == 102 and i + 5 <= b.size and b[i + 1] == 97 and b[i + 2] == 108 and b[i + 3] == 115 and b[i + 4] == 101:
        return i + 5
    if b[i] == 110 and i + 4 <= b.size and b[i + 1] == 117 and b[i + 2] == 108 and b[i + 3] == 108:
        return i + 4
    return fail(fault, i, VALUE)


@njit(nogil=True, _nrt=False)
def name_end(b: Bytes, i: int, fault: Longs) -> int:
    """Behind the name whose quote is at i (after space)."""
    i = skip_space(b, i)
    if i >= b.size or b[i] != QUOTE:
        return fail(fault, i, NAME)
    return string_end(b, i, fault)


@njit(nogil=True, _nrt=False)
def value_start(b: Bytes, i: int, fault: Longs) -> int:
    """The start of the value that follows the colon after a name that ended at i."""
    i = skip_space(b, i)
    if i >= b.size or b[i] != COLON:
        return fail(fault, i, NAME)
    i = skip_space(b, i + 1)
    if i >= b.size:
        return fail(fault, i, VALUE)
    return i


@njit(nogil=True, _nrt=False)
def _scalar_end(b: Bytes, i: int, fault: Longs) -> int:
    c = b[i]
    if c == QUOTE:
        return string_end(b, i, fault)
    if c == MINUS or 48 <= c <= 57:
        return number_end(b, i, fault)
    return _word_end(b, i, fault)


@njit(nogil=True, _nrt=False)
def value_end(b: Bytes, i: int, depth: int, stack: Bytes, fault: Longs) -> int:
    """Behind the value at i, which stands ``depth`` brackets deep; ``stack`` (limit,) uint8 is work space."""
    base = depth
    while True:
        i = skip_space(b, i)
        if i >= b.size:
            return fail(fault, i, VALUE)
        c = b[i]
        if c in (OBJECT_OPEN, ARRAY_OPEN):
            if depth >= stack.size:
                return fail(fault, i, SHALLOW)
            stack[depth] = c + 2  # the closing bracket
            depth += 1
            first = skip_space(b, i + 1)
            if first < b.size and b[first] == c + 2:
                depth -= 1
                i = first + 1
            else:
                i = first
                if c == OBJECT_OPEN:
                    i = name_end(b, i, fault)
                    if i >= 0:
                        i = value_start(b, i, fault)
                    if i < 0:
                        return -1
                continue
        else:
            i = _scalar_end(b, i, fault)
            if i < 0:
                return -1
        while True:
            if depth == base:
                return i
            i = skip_space(b, i)
            if i >= b.size:
                return fail(fault, i, CLOSE)
            if b[i] == stack[depth - 1]:
                depth -= 1
                i += 1
            elif b[i] == COMMA:
                i += 1
                if stack[depth - 1] == OBJECT_CLOSE:
                    i = name_end(b, i, fault)
                    if i >= 0:
                        i = value_start(b, i, fault)
                    if i < 0:
                        return -1
                break
            else:
                return fail(fault, i, CLOSE)
