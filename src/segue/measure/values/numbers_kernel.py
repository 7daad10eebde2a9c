# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled statistics of segments on values of 32 and 64 bits: fractions, NaN among them, and large whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.values.facts import BINS, MODE, POWERS, RANKS, SQUARES, WEIGHTS
from segue.measure.values.gather_kernel import announce, gather
from segue.measure.values.windows import PADDING
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.values.band import Band
    from segue.measure.values.statistics_reference import Asking, Held

    Floats = NDArray[np.float64]


TOGETHER = 32
"""Values that are compared at once; less than the padding of windows."""


def measure_numbers(pixels: NDArray[np.generic], band: Band, held: Held, asking: Asking, buffer: NDArray[np.generic], facts: Floats, out: Floats) -> None:
    """As ``statistics_reference.measure_band``; ``buffer`` has room for the values of a segment.

    Ranks are found in whole numbers that have the order of the values: of fractions their bits, those behind the sign turned where it is set.
    """
    most = int(held.area.max(where=held.before + band.pixels == held.area, initial=0)) + PADDING
    kind, whole = pixels.dtype, np.dtype(f"i{pixels.dtype.itemsize}")
    numbers, keys, one, table = np.empty(most, kind), np.empty(most, whole), np.empty(1, kind), np.zeros(BINS, np.int64)
    turned = whole.type(np.iinfo(whole).max if kind.kind == "f" else 0)
    scratch = numbers, numbers.view(whole), keys, one, one.view(whole), turned, table
    _measure(pixels, *band, *held[:3], held.windows, held.weights, *asking[:3], asking.fractions, buffer, scratch, facts, out)


@njit(nogil=True)
def _measure(
    pixels, segment, start, source, length, box, place, before, area, windows, weights, groups, columns, percentiles, fractions, buffer, scratch, facts, out
):
    for k in range(len(segment)):
        one, first, end, n = segment[k], start[k], start[k + 1], area[k]
        ahead = min(k + 2, len(segment) - 1)
        announce(pixels, source, length, start[ahead], start[ahead + 1])
        if groups[WEIGHTS]:
            _weigh(pixels, source, length, box, first, end, weights[one])
        if place[k] >= 0:
            if before[k] + gather(pixels, source, length, first, end, windows, place[k] + before[k]) != n:
                continue
            count = _numbers(windows[place[k] : place[k] + n], n, scratch[0])
        else:
            gather(pixels, source, length, first, end, buffer, 0)
            count = _numbers(buffer, n, scratch[0])
        facts[:] = np.nan
        facts[0], facts[1] = count, n - count
        _of_numbers(scratch, count, groups, percentiles, fractions, facts)
        for axis in range(3):
            facts[13 + axis] = weights[one, axis] / facts[3] if facts[3] != 0 else np.nan
        for j in range(len(columns)):
            out[j, one] = facts[columns[j]]


@njit(nogil=True, _nrt=False)
def _weigh(pixels, source, length, box, first, end, weights):
    """Add plane, row and column times value, run after run."""
    for run in range(first, end):
        total, along, begin = 0.0, 0.0, source[run]
        for k in range(length[run]):
            value = np.float64(pixels[begin + k])
            if value == value:
                total += value
                along += k * value
        weights[0] += box[0, run] * total
        weights[1] += box[1, run] * total
        weights[2] += box[2, run] * total + along


@njit(nogil=True, _nrt=False)
def _numbers(values, n, numbers):
    """Copy those that are numbers, 0 without its sign; returns how many there are."""
    missing = 0
    for k in range(n):
        missing += values[k] != values[k]
    if missing == 0:
        for k in range(n):
            numbers[k] = values[k] + values.dtype.type(0)
        return n
    count = 0
    for k in range(n):
        numbers[count] = values[k] + values.dtype.type(0)
        count += values[k] == values[k]
    return count


@njit(nogil=True)
def _of_numbers(scratch, n, groups, percentiles, fractions, facts):
    numbers, bits, keys, one, one_bits, turned, table = scratch
    zeros = 0
    for k in range(n):
        zeros += numbers[k] == 0
    total = _sum(numbers, n)
    facts[2], facts[3] = zeros, total
    if n == 0:
        return
    shift = keys.itemsize * 8 - 1
    for k in range(n):
        keys[k] = bits[k] ^ ((bits[k] >> shift) & turned)
    low, high = keys[0], keys[0]
    for k in range(n):
        low, high = min(low, keys[k]), max(high, keys[k])
    least, most = _value(low, shift, turned, one, one_bits), _value(high, shift, turned, one, one_bits)
    mean = least if low == high else total / n
    facts[4], facts[8], facts[9] = mean, least, most
    if groups[SQUARES]:
        facts[5] = _squares(numbers, n, mean) / n if low != high else 0.0
    if groups[POWERS]:
        _powers(numbers, n, mean, low == high, facts)
    if groups[MODE] and fractions:
        facts[12] = _mode_of_fractions(numbers, n, least, most, table)
    if groups[RANKS] or len(percentiles):
        for k in range(n, n + TOGETHER):
            keys[k] = high
        key, after, _ = _rank(keys, n, low, high, (n - 1) / 2)
        facts[10], facts[11] = _value(key, shift, turned, one, one_bits), _value(after, shift, turned, one, one_bits)
        for k in range(len(percentiles)):
            key, after, part = _rank(keys, n, low, high, (n - 1) * percentiles[k] / 100)
            value = _value(key, shift, turned, one, one_bits)
            facts[16 + k] = value + (_value(after, shift, turned, one, one_bits) - value) * part if part > 0 else value
    if groups[MODE] and not fractions:
        keys[:n].sort()
        facts[12] = _mode_sorted(keys, n)


@njit(nogil=True, _nrt=False)
def _value(key, shift, turned, one, one_bits):
    """The value that a whole number stands for."""
    one_bits[0] = key ^ ((key >> shift) & turned)
    return np.float64(one[0])


@njit(nogil=True, _nrt=False)
def _rank(keys, n, low, high, rank):
    """The key at a rank, the one after it, and how far between them the rank lies; ``high`` stands behind the keys."""
    whole, most, upto = np.int64(np.floor(rank)), high, n
    while low < high:
        middle = (low & high) + ((low ^ high) >> 1)
        count = _at_most(keys, n, middle)
        if count > whole:
            high, upto = middle, count
        else:
            low = middle + 1
        if count == whole + 1:
            for k in range(n):
                low = max(low, keys[k] if keys[k] <= middle else low)
            high = low
    after, part = most, rank - whole
    if part <= 0 or upto > whole + 1:
        return low, low, 0.0
    for k in range(n):
        after = min(after, keys[k] if keys[k] > low else most)
    return low, after, part


@njit(nogil=True, _nrt=False)
def _at_most(keys, n, limit):
    """How many keys are not larger; ``limit`` is less than what stands behind them."""
    some, count = keys[: (n + TOGETHER - 1) // TOGETHER * TOGETHER], keys.dtype.type(0)
    for k in range(len(some)):
        count = keys.dtype.type(count + keys.dtype.type(some[k] <= limit))
    return np.int64(count)


@njit(nogil=True, _nrt=False)
def _squares(numbers, n, mean):
    """The sum of squared differences, in eight sums side by side."""
    a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    eights = n // 8 * 8
    for k in range(0, eights, 8):
        a += (numbers[k] - mean) ** 2
        b += (numbers[k + 1] - mean) ** 2
        c += (numbers[k + 2] - mean) ** 2
        d += (numbers[k + 3] - mean) ** 2
        e += (numbers[k + 4] - mean) ** 2
        f += (numbers[k + 5] - mean) ** 2
        g += (numbers[k + 6] - mean) ** 2
        h += (numbers[k + 7] - mean) ** 2
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for k in range(eights, n):
        total += (numbers[k] - mean) ** 2
    return total


@njit(nogil=True, _nrt=False)
def _sum(numbers, n):
    """In eight sums side by side, so that a sum need not wait for the one before."""
    a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    eights = n // 8 * 8
    for k in range(0, eights, 8):
        a += numbers[k]
        b += numbers[k + 1]
        c += numbers[k + 2]
        d += numbers[k + 3]
        e += numbers[k + 4]
        f += numbers[k + 5]
        g += numbers[k + 6]
        h += numbers[k + 7]
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for k in range(eights, n):
        total += numbers[k]
    return total


@njit(nogil=True, _nrt=False)
def _powers(numbers, n, mean, flat, facts):
    third, fourth = 0.0, 0.0
    if not flat:
        for k in range(n):
            off = numbers[k] - mean
            square = off * off
            third += square * off
            fourth += square * square
    facts[6], facts[7] = third / n, fourth / n


@njit(nogil=True, _nrt=False)
def _mode_sorted(values, n):
    best, most, begin = values[0], 0, 0
    for k in range(1, n + 1):
        if k == n or values[k] != values[begin]:
            if k - begin > most:
                best, most = values[begin], k - begin
            begin = k
    return best


@njit(nogil=True, _nrt=False)
def _mode_of_fractions(values, n, least, most, table):
    size = (most - least) / BINS
    if size == 0:
        return least
    scale = BINS / (most - least)
    for k in range(n):
        scaled = (values[k] - least) * scale
        table[min(np.int64(scaled), BINS - 1) if scaled > 0 else 0] += 1
    best = 0
    for k in range(BINS):
        if table[k] > table[best]:
            best = k
    table[:] = 0
    return least + best * size + (0.0 if size == 1 else size / 2)
