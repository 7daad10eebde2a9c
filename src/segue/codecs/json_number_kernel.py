"""Numbers of a JSON text as float64, correctly rounded. Plain twin: ``float()``.

A number of at most 19 digits whose digits are an integer up to 2**53 and whose power of ten is at most 22 is exact with one
multiplication or division (both operands are exact, the result is rounded once). Anything else is left to the caller.
"""

# mypy: disable-error-code="untyped-decorator, no-any-return, assignment"
from __future__ import annotations

import numpy as np

from segue.codecs.json_scan_kernel import MINUS, NUMBER, PLUS, POINT, Bytes, Longs, fail, number_end
from segue.storage.compiled import njit

POWERS = np.array([10.0**power for power in range(23)])
EXACT = 2**53


@njit(nogil=True, _nrt=False)
def _power_at(b: Bytes, i: int) -> int:
    """The exponent whose sign or digits start at i; large ones stop growing."""
    negative = b[i] == MINUS
    if negative or b[i] == PLUS:
        i += 1
    power = 0
    while 48 <= b[i] <= 57:
        if power < 100000:
            power = power * 10 + (np.int64(b[i]) - 48)
        i += 1
    return -power if negative else power


@njit(nogil=True, _nrt=False)
def _with_power(b: Bytes, i: int, fault: Longs) -> tuple[int, float]:
    """The number at i, which has an exponent or many digits."""
    end = number_end(b, i, fault)
    if end < 0:
        return -1, 0.0
    digits, count, power = 0, 0, 0
    decimal = False
    for k in range(i, end):
        c = np.int64(b[k])
        if 48 <= c <= 57:
            count += digits > 0 or c > 48
            digits = digits * 10 + (c - 48)
            power -= decimal
        elif c == POINT:
            decimal = True
        elif c != MINUS:
            power += _power_at(b, k + 1)
            break
        if count > 18:
            return end, np.nan
    if digits > EXACT or power > 22 or power < -22:
        return end, np.nan
    value = np.float64(digits)
    value = value / POWERS[-power] if power < 0 else value * POWERS[power]
    return end, -value if b[i] == MINUS else value


@njit(nogil=True, _nrt=False, error_model="numpy")
def number_at(b: Bytes, i: int, fault: Longs) -> tuple[int, float]:
    """(end, value) of the number at i. The end is -1 for what is no number; the value NaN for one that needs the slow way."""
    begin = i
    negative = b[i] == MINUS
    if negative:
        i += 1
    first = i
    digits = 0
    digit = np.int64(b[i]) - 48
    while 0 <= digit <= 9:
        digits = digits * 10 + digit
        i += 1
        digit = np.int64(b[i]) - 48
    count = i - first
    if count == 0 or (count > 1 and b[first] == 48):
        return fail(fault, begin, NUMBER), 0.0
    decimals = 0
    if b[i] == POINT:
        i += 1
        first = i
        digit = np.int64(b[i]) - 48
        while 0 <= digit <= 9:
            digits = digits * 10 + digit
            i += 1
            digit = np.int64(b[i]) - 48
        decimals = i - first
        if decimals == 0:
            return fail(fault, begin, NUMBER), 0.0
    if count + decimals > 15 or b[i] == 101 or b[i] == 69:
        return _with_power(b, begin, fault)
    value = np.float64(digits) / POWERS[decimals]
    return i, -value if negative else value
