"""Numbers of a JSON text in the forms that coordinates mostly have: ``12.25`` and ``12``; two at once where they are ``12.25,7.5]`` and ``12,7]``.

Looking for the end of a number byte by byte costs more than its digits: each byte waits for the one before. Here 32 bytes are looked at
together, and up to seven digits become a number in three multiplications (D. Lemire, "Number parsing at a gigabyte per second", 2021).
Plain twin: ``json_number_kernel.number_at``, which also reads everything that has another form.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg, var-annotated, return-value"
from __future__ import annotations

import numpy as np

from segue.codecs.json_number_kernel import POWERS
from segue.codecs.json_scan_kernel import MINUS, Bytes
from segue.codecs.words_kernel import LITTLE_ENDIAN, REACH, other_than_digits, trailing_zeros, word_at
from segue.storage.compiled import njit

_TENS = np.array([10**power for power in range(8)])
_ONE, _MOST, _EIGHT, _BYTE, _ZERO = np.uint64(1), np.uint64(7), np.uint64(8), np.uint64(255), np.uint64(48)
_COMMA, _POINT, _CLOSE = np.uint64(44), np.uint64(46), np.uint64(93)
_MASKS = tuple(np.uint64(mask) for mask in (0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF))
_FACTORS = tuple(np.uint64(factor) for factor in (10 << 8 | 1, 100 << 16 | 1, 10000 << 32 | 1))
_LOW, _MIDDLE, _HIGH = _MASKS
_BY_10, _BY_100, _BY_10000 = _FACTORS


@njit(inline="always")
def _digits(word: np.uint64, count: np.uint64) -> int:
    """The number that the first ``count`` bytes (1 to 7) of a word are the digits of."""
    value = word << (np.uint64(64) - count * _EIGHT)
    value = ((value & _LOW) * _BY_10) >> np.uint64(8)
    value = ((value & _MIDDLE) * _BY_100) >> np.uint64(16)
    return np.int64(((value & _HIGH) * _BY_10000) >> np.uint64(32))


@njit(inline="always")
def _is_whole(word: np.uint64, count: np.uint64) -> bool:
    """Whether 1 to 7 digits can be the whole part of a number of JSON: no zero before others."""
    return count - _ONE < _MOST and (count == _ONE or (word & _BYTE) != _ZERO)


@njit(inline="always")
def _behind(word: np.uint64, count: np.uint64) -> np.uint64:
    """The byte behind ``count`` (0 to 7) bytes of a word."""
    return (word >> (count * _EIGHT)) & _BYTE


@njit(nogil=True, _nrt=False, error_model="numpy")
def position_at(b: Bytes, i: int) -> tuple[int, float, float]:
    """(index behind the bracket, x, y) of ``x,y]`` at i; the index is -1 for what has another form, or is near the end of the text."""
    if not LITTLE_ENDIAN or i + REACH > b.size:
        return -1, 0.0, 0.0
    others = other_than_digits(b, i)
    first = trailing_zeros(others)
    others &= others - _ONE
    second = trailing_zeros(others)
    x = word_at(b, i)
    if not _is_whole(x, first) or others == 0:
        return -1, 0.0, 0.0
    if _behind(x, first) == _COMMA:
        count = second - first - _ONE
        y = word_at(b, i + np.int64(first) + 1)
        if not _is_whole(y, count) or _behind(y, count) != _CLOSE:
            return -1, 0.0, 0.0
        return i + np.int64(second) + 1, np.float64(_digits(x, first)), np.float64(_digits(y, count))
    others &= others - _ONE
    third = trailing_zeros(others)
    others &= others - _ONE
    fourth = trailing_zeros(others)
    x_decimals, count, y_decimals = second - first - _ONE, third - second - _ONE, fourth - third - _ONE
    if others == 0 or not (x_decimals - _ONE < _MOST and y_decimals - _ONE < _MOST):
        return -1, 0.0, 0.0
    y, x_part, y_part = word_at(b, i + np.int64(second) + 1), word_at(b, i + np.int64(first) + 1), word_at(b, i + np.int64(third) + 1)
    marked = _behind(x, first) == _POINT and _behind(x_part, x_decimals) == _COMMA
    if not (marked and _is_whole(y, count) and _behind(y, count) == _POINT and _behind(y_part, y_decimals) == _CLOSE):
        return -1, 0.0, 0.0
    x_value = np.float64(_digits(x, first) * _TENS[np.int64(x_decimals)] + _digits(x_part, x_decimals)) / POWERS[np.int64(x_decimals)]
    y_value = np.float64(_digits(y, count) * _TENS[np.int64(y_decimals)] + _digits(y_part, y_decimals)) / POWERS[np.int64(y_decimals)]
    return i + np.int64(fourth) + 1, x_value, y_value


@njit(nogil=True, _nrt=False, error_model="numpy")
def short_number_at(b: Bytes, i: int) -> tuple[int, float]:
    """(end, value) of a number of up to seven digits and seven decimals at i; the end is -1 for what has another form, or is near the end of the text.

    Whether the number ends there, or an exponent follows, is left to the caller.
    """
    if not LITTLE_ENDIAN or i + 1 + REACH > b.size:
        return -1, 0.0
    negative = b[i] == MINUS
    i += negative
    others = other_than_digits(b, i)
    first = trailing_zeros(others)
    whole = word_at(b, i)
    if not _is_whole(whole, first):
        return -1, 0.0
    value = np.float64(_digits(whole, first))
    end = i + np.int64(first)
    if _behind(whole, first) == _POINT:
        others &= others - _ONE
        decimals = trailing_zeros(others) - first - _ONE
        if not decimals - _ONE < _MOST:
            return -1, 0.0
        part = _digits(word_at(b, end + 1), decimals)
        value = (value * np.float64(_TENS[np.int64(decimals)]) + np.float64(part)) / POWERS[np.int64(decimals)]
        end += 1 + np.int64(decimals)
    return end, -value if negative else value
