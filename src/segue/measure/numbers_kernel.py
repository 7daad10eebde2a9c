# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled statistics of segments on values of 32 and 64 bits: fractions, NaN among them, and large whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.facts import BINS, MODE, POWERS, RANKS, SQUARES, WEIGHTS
from segue.measure.gather_kernel import gather
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.band import Band
    from segue.measure.statistics_reference import Asking, Held

    Floats = NDArray[np.float64]


def measure_numbers(pixels: NDArray[np.generic], band: Band, held: Held, asking: Asking, buffer: NDArray[np.generic], facts: Floats, out: Floats) -> None:
    """As ``statistics_reference.measure_band``; ``buffer`` has room for the values of a segment."""
    most = int(held.area.max(where=held.before + band.pixels == held.area, initial=0))
    numbers, table = np.empty(most), np.zeros(BINS, np.int64)
    _measure(pixels, *band, *held[:3], held.windows, held.weights, *asking[:3], asking.fractions, buffer, numbers, table, facts, out)


@njit(nogil=True)
def _measure(
    pixels,
    segment,
    start,
    source,
    length,
    box,
    place,
    before,
    area,
    windows,
    weights,
    groups,
    columns,
    percentiles,
    fractions,
    buffer,
    numbers,
    table,
    facts,
    out,
):
    for k in range(len(segment)):
        one, first, end, n = segment[k], start[k], start[k + 1], area[k]
        if groups[WEIGHTS]:
            _weigh(pixels, source, length, box, first, end, weights[one])
        if place[k] >= 0:
            if before[k] + gather(pixels, source, length, first, end, windows, place[k] + before[k]) != n:
                continue
            count = _numbers(windows[place[k] : place[k] + n], n, numbers)
        else:
            gather(pixels, source, length, first, end, buffer, 0)
            count = _numbers(buffer, n, numbers)
        facts[:] = np.nan
        facts[0], facts[1] = count, n - count
        _of_numbers(numbers, count, groups, percentiles, fractions, table, facts)
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
    """Copy those that are numbers; returns how many there are."""
    count = 0
    for k in range(n):
        numbers[count] = values[k]
        count += values[k] == values[k]
    return count


@njit(nogil=True)
def _of_numbers(numbers, n, groups, percentiles, fractions, table, facts):
    zeros, total = 0, _sum(numbers, n)
    for k in range(n):
        zeros += numbers[k] == 0
    facts[2], facts[3] = zeros, total
    if n == 0:
        return
    least, most = numbers[0], numbers[0]
    for k in range(n):
        least, most = min(least, numbers[k]), max(most, numbers[k])
    facts[8], facts[9] = least, most
    mean = least if least == most else total / n
    facts[4] = mean
    if groups[SQUARES] or groups[POWERS]:
        _moments(numbers, n, mean, least == most, facts)
    if groups[MODE] and fractions:
        facts[12] = _mode_of_fractions(numbers, n, least, most, table)
    elif groups[MODE]:
        numbers[:n].sort()
        facts[12] = _mode_sorted(numbers, n)
    if groups[RANKS] or len(percentiles):
        facts[10] = _rank(numbers, n, (n - 1) // 2 * 1.0)
        facts[11] = _rank(numbers, n, n // 2 * 1.0)
        for k in range(len(percentiles)):
            facts[16 + k] = _rank(numbers, n, (n - 1) * percentiles[k] / 100)


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
def _moments(numbers, n, mean, flat, facts):
    second, third, fourth = 0.0, 0.0, 0.0
    if not flat:
        for k in range(n):
            off = numbers[k] - mean
            square = off * off
            second += square
            third += square * off
            fourth += square * square
    facts[5], facts[6], facts[7] = second / n, third / n, fourth / n


@njit(nogil=True, _nrt=False)
def _rank(values, n, rank):
    """The value at a rank, between two ranks in proportion; reorders ``values``."""
    whole = np.int64(np.floor(rank))
    one = _select(values, n, whole)
    part = rank - whole
    if part <= 0 or whole + 1 >= n:
        return one
    other = values[whole + 1]
    for k in range(whole + 2, n):
        other = min(other, values[k])
    return one + (other - one) * part


@njit(nogil=True, _nrt=False)
def _select(values, n, rank):
    """Hoare's selection, with the middle of three as pivot: what lies before ``rank`` is not larger, what lies behind is not smaller."""
    low, high = 0, n - 1
    while low < high:
        a, b, c = values[low], values[(low + high) >> 1], values[high]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return values[rank]


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
