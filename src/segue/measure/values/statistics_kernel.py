# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, assignment"
# ruff: noqa: ANN001, ANN202
"""Compiled statistics of segments: values are gathered 64 bytes at a time, and measured when their segment is complete.

Here values of 8 and 16 bits: they are added up in whole numbers, and a rank is found by halving: how many values are at most the middle of
a range is counted with vector instructions. Very large segments are counted in histograms. For other values see ``numbers_kernel``.
Nothing depends on the width of a machine's vectors: whole numbers always add up to the same, fractions are added in a fixed order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.values.facts import FACTS, MODE, POWERS, RANKS, SQUARES, WEIGHTS
from segue.measure.values.gather_kernel import announce, gather
from segue.measure.values.numbers_kernel import measure_numbers
from segue.measure.values.windows import PADDING
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.values.band import Band
    from segue.measure.values.statistics_reference import Asking, Held

    Floats = NDArray[np.float64]

VALUES = 1 << 16
"""Different values of 16 bits."""
EXACT = 1 << 15
"""Pixels up to which their number times the sum of their squares is a whole number of 64 bits; and that 16 bits can count."""
TOGETHER = 32
"""Values that are compared at once; less than the padding of windows."""


def measure_band(pixels: NDArray[np.generic], band: Band, held: Held, asking: Asking, out: Floats) -> None:
    """As ``statistics_reference.measure_band``; large segments are counted in histograms."""
    most = int(held.area.max(where=(held.place < 0) & (held.histogram < 0), initial=0))
    buffer = np.empty(most + PADDING, pixels.dtype)
    facts = np.full(len(FACTS) + len(asking.percentiles), np.nan)
    if pixels.dtype.itemsize <= 2:
        _measure(pixels, *band, *held, *asking[:4], buffer, np.zeros(VALUES, np.int64), facts, out)
    else:
        measure_numbers(pixels, band, held, asking, buffer, facts, out)


@njit(nogil=True, _nrt=False)
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
    histogram,
    windows,
    counts,
    weights,
    groups,
    columns,
    percentiles,
    offset,
    buffer,
    table,
    facts,
    out,
):
    for k in range(len(segment)):
        one, first, end, n = segment[k], start[k], start[k + 1], area[k]
        ahead = min(k + 2, len(segment) - 1)
        announce(pixels, source, length, start[ahead], start[ahead + 1])
        if groups[WEIGHTS]:
            _weigh(pixels, source, length, box, first, end, offset, weights[one])
        if histogram[k] >= 0:
            here = counts[histogram[k]]
            if before[k] + _count(pixels, source, length, first, end, here) == n:
                _of_counts(here, n, offset, groups, percentiles, facts)
                _write(facts, columns, weights[one], out, one)
        elif place[k] >= 0:
            seen = gather(pixels, source, length, first, end, windows, place[k] + before[k])
            if before[k] + seen == n:
                _of_values(windows[place[k] : place[k] + n + PADDING], n, offset, groups, percentiles, table, facts)
                _write(facts, columns, weights[one], out, one)
        else:
            gather(pixels, source, length, first, end, buffer, 0)
            _of_values(buffer, n, offset, groups, percentiles, table, facts)
            _write(facts, columns, weights[one], out, one)


@njit(nogil=True, _nrt=False)
def _write(facts, columns, weights, out, one):
    for axis in range(3):
        facts[13 + axis] = weights[axis] / facts[3] if facts[3] != 0 else np.nan
    for j in range(len(columns)):
        out[j, one] = facts[columns[j]]


@njit(nogil=True, _nrt=False)
def _weigh(pixels, source, length, box, first, end, offset, weights):
    """Add plane, row and column times value, run after run."""
    for run in range(first, end):
        total, along, begin = 0, 0, source[run]
        for k in range(length[run]):
            value = np.int64(pixels[begin + k]) + offset
            total += value
            along += k * value
        weights[0] += box[0, run] * np.float64(total)
        weights[1] += box[1, run] * np.float64(total)
        weights[2] += box[2, run] * np.float64(total) + along


@njit(nogil=True, _nrt=False)
def _count(pixels, source, length, first, end, counts):
    n = 0
    for run in range(first, end):
        for k in range(source[run], source[run] + length[run]):
            counts[pixels[k]] += 1
        n += length[run]
    return n


@njit(nogil=True, _nrt=False)
def _of_values(values, n, offset, groups, percentiles, table, facts):
    """All facts of ``n`` values; what stands behind them is written over."""
    least, most = values[0], values[0]
    for k in range(n):
        least, most = min(least, values[k]), max(most, values[k])
    total = np.uint64(0)
    for k in range(n):
        total += np.uint64(values[k])
    zero, zeros = -offset, 0
    if np.int64(least) <= zero <= np.int64(most):
        for k in range(n):
            zeros += np.int64(values[k]) == zero
    whole = np.int64(total)
    facts[0], facts[1], facts[2], facts[3] = n, 0, zeros, whole + n * offset
    facts[8], facts[9] = np.int64(least) + offset, np.int64(most) + offset
    facts[4] = facts[8] if least == most else facts[3] / n
    if groups[SQUARES]:
        facts[5] = _second(values, n, whole)
    if groups[POWERS]:
        _powers(values, n, offset, facts)
    if groups[MODE]:
        facts[12] = _mode(values, n, table) + offset
    if groups[RANKS] or len(percentiles):
        for k in range(n, n + TOGETHER):
            values[k] = most
        low, after, _ = _rank(values, n, least, most, (n - 1) / 2)
        facts[10], facts[11] = low + offset, after + offset
        for k in range(len(percentiles)):
            low, after, part = _rank(values, n, least, most, (n - 1) * percentiles[k] / 100)
            facts[16 + k] = low + (after - low) * part + offset


@njit(nogil=True, _nrt=False)
def _second(values, n, total):
    """Mean squared difference to the mean: of whole numbers without any rounding before the division."""
    if n <= EXACT:
        squares = np.uint64(0)
        for k in range(n):
            value = np.uint32(values[k])
            squares += np.uint64(np.uint32(value * value))
        return (n * np.int64(squares) - total * total) / (np.float64(n) * n)
    middle, off, squares_off = total // n, 0, 0
    for k in range(n):
        difference = np.int64(values[k]) - middle
        off += difference
        squares_off += difference * difference
    mean_off = off / n
    return squares_off / n - mean_off * mean_off


@njit(nogil=True, _nrt=False)
def _powers(values, n, offset, facts):
    mean, third, fourth = facts[4] - offset, 0.0, 0.0
    for k in range(n):
        off = values[k] - mean
        square = off * off
        third += square * off
        fourth += square * square
    facts[6], facts[7] = third / n, fourth / n


@njit(nogil=True, _nrt=False)
def _mode(values, n, table):
    """The most frequent value, the smallest of several; ``table`` holds zeros, and does again."""
    best, times = 0, 0
    for k in range(n):
        value = np.int64(values[k])
        table[value] += 1
    for k in range(n):
        value = np.int64(values[k])
        if table[value] > times or (table[value] == times and value < best):
            best, times = value, table[value]
    for k in range(n):
        table[values[k]] = 0
    return best


@njit(nogil=True, _nrt=False)
def _rank(values, n, least, most, rank):
    """The value at a rank, the one after it, and how far between them the rank lies; ``most`` stands behind the values."""
    whole = np.int64(np.floor(rank))
    low, high, upto = np.int64(least), np.int64(most), n
    padded = values[: (n + TOGETHER - 1) // TOGETHER * TOGETHER]
    while low < high:
        middle = (low + high) >> 1
        count = _at_most(padded, middle)
        if count > whole:
            high, upto = middle, count
        else:
            low = middle + 1
    part = rank - whole
    if part <= 0 or upto > whole + 1:
        return low, low, 0.0
    after, edge = most, values.dtype.type(low)
    for k in range(len(padded)):
        after = min(after, padded[k] if padded[k] > edge else most)
    return low, np.int64(after), part


@njit(nogil=True, _nrt=False)
def _at_most(values, limit):
    """How many values are not larger."""
    top = values.dtype.type(limit)
    if len(values) < VALUES:
        return _few_at_most(values, top)
    found = 0
    for begin in range(0, len(values), EXACT):
        found += _few_at_most(values[begin : begin + EXACT], top)
    return found


@njit(nogil=True, _nrt=False)
def _few_at_most(values, top):
    """As many as 16 bits can count."""
    count = np.uint16(0)
    for k in range(len(values)):
        count = np.uint16(count + np.uint16(values[k] <= top))
    return np.int64(count)


@njit(nogil=True, _nrt=False)
def _of_counts(counts, n, offset, groups, percentiles, facts):
    """All facts of ``n`` values that were counted."""
    least, most, total, best = VALUES, 0, 0, 0
    for value in range(VALUES):
        if counts[value]:
            least, most = min(least, value), value
            total += value * counts[value]
            best = value if counts[value] > counts[best] else best
    zero = -offset
    facts[0], facts[1], facts[2], facts[3] = n, 0, counts[zero] if zero >= 0 else 0, total + n * offset
    facts[8], facts[9], facts[12] = least + offset, most + offset, best + offset
    facts[4] = facts[8] if least == most else facts[3] / n
    mean, second, third, fourth = facts[4] - offset, 0.0, 0.0, 0.0
    if least != most:
        for value in range(least, most + 1):
            off, times = value - mean, counts[value]
            second += times * off * off
            third += times * off * off * off
            fourth += times * off * off * off * off
    facts[5], facts[6], facts[7] = second / n, third / n, fourth / n
    facts[10] = _rank_counted(counts, (n - 1) // 2 * 1.0) + offset
    facts[11] = _rank_counted(counts, n // 2 * 1.0) + offset
    for k in range(len(percentiles)):
        facts[16 + k] = _rank_counted(counts, (n - 1) * percentiles[k] / 100) + offset


@njit(nogil=True, _nrt=False)
def _rank_counted(counts, rank):
    whole = np.int64(np.floor(rank))
    seen, at = counts[0], 0
    while seen <= whole:
        at += 1
        seen += counts[at]
    after = at
    if rank > whole and seen <= whole + 1:
        after += 1
        while counts[after] == 0:
            after += 1
    return at + (after - at) * (rank - whole)
