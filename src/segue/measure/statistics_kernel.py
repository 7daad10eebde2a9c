# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled statistics of windows: two passes over the numbers, then ranks from a histogram where few whole numbers occur, else by selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.statistics_reference import BINS, FACTS
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.windows import Window

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

FEW = 1 << 16
"""Different whole numbers that are counted in a histogram at most."""
SPREAD = 8
"""Numbers per pixel up to which a histogram is worth its clearing."""


def fill(values: NDArray[np.generic], place: Ints, band: NDArray[np.generic], begin: Ints, length: Ints) -> None:
    """As ``windows.fill``."""
    for one, channel in zip(values, band, strict=True):
        _fill(one, place, channel, begin, length)


def statistics(window: Window, percentiles: Floats, *, fractions: bool) -> Floats:
    """As ``statistics_reference.statistics``."""
    values, start, run_start, y, x, length = window
    out = np.full((len(start) - 1, len(FACTS) + len(percentiles)), np.nan)
    scratch = np.empty(int(np.diff(start).max(initial=0)))
    _statistics(values, start, run_start, y, x, length, percentiles, fractions, scratch, np.zeros(FEW, np.int64), out)
    return out


@njit(nogil=True, _nrt=False)
def _fill(values, place, band, begin, length):
    for run in range(len(place)):
        to, here = place[run], begin[run]
        for k in range(length[run]):
            values[to + k] = band[here + k]


@njit(nogil=True)
def _statistics(values, start, run_start, run_y, run_x, run_length, percentiles, fractions, scratch, counts, out):
    for segment in range(len(start) - 1):
        facts = out[segment]
        begin, end = start[segment], start[segment + 1]
        n = _sums(values, begin, run_start[segment], run_start[segment + 1], run_y, run_x, run_length, scratch, facts)
        facts[0], facts[1] = n, end - begin - n
        if n == 0:
            continue
        least, most = scratch[0], scratch[0]
        for k in range(n):
            least, most = min(least, scratch[k]), max(most, scratch[k])
        facts[8], facts[9] = least, most
        facts[4] = facts[8] if least == most else facts[3] / n
        _moments(scratch, n, facts)
        _ranks(scratch, n, percentiles, fractions, counts, facts)


@njit(nogil=True, _nrt=False)
def _sums(values, place, first_run, end_run, run_y, run_x, run_length, scratch, facts):
    """Copies the numbers of a segment to ``scratch``; writes zeros, sum and weighted places; returns how many numbers there are."""
    n, zeros = 0, 0
    total, weighted_x, weighted_y = 0.0, 0.0, 0.0
    for run in range(first_run, end_run):
        for k in range(run_length[run]):
            value = values[place]
            place += 1
            if value != value:
                continue
            scratch[n] = value
            n += 1
            zeros += value == 0
            total += value
            weighted_x += (run_x[run] + k) * value
            weighted_y += run_y[run] * value
    facts[2], facts[3] = zeros, total
    facts[13] = weighted_x / total if total != 0 else np.nan
    facts[14] = weighted_y / total if total != 0 else np.nan
    return n


@njit(nogil=True, _nrt=False)
def _moments(scratch, n, facts):
    mean, second, third, fourth = facts[4], 0.0, 0.0, 0.0
    if facts[8] != facts[9]:
        for k in range(n):
            off = scratch[k] - mean
            square = off * off
            second += square
            third += square * off
            fourth += square * square
    facts[5], facts[6], facts[7] = second / n, third / n, fourth / n


@njit(nogil=True)
def _ranks(scratch, n, percentiles, fractions, counts, facts):
    """The middle values, the mode and the percentiles."""
    spread = facts[9] - facts[8]
    if fractions:
        facts[12] = _mode_of_fractions(scratch, n, facts[8], facts[9], counts)
    elif spread < FEW and spread < SPREAD * n + 1024:
        _ranks_counted(scratch, n, percentiles, counts, facts)
        return
    else:
        scratch[:n].sort()
        facts[12] = _mode_sorted(scratch, n)
    facts[10] = _rank(scratch, n, (n - 1) // 2 * 1.0)
    facts[11] = _rank(scratch, n, n // 2 * 1.0)
    for k in range(len(percentiles)):
        facts[15 + k] = _rank(scratch, n, (n - 1) * percentiles[k] / 100)


@njit(nogil=True, _nrt=False)
def _ranks_counted(scratch, n, percentiles, counts, facts):
    least, bins = facts[8], np.int64(facts[9] - facts[8]) + 1
    for k in range(n):
        counts[np.int64(scratch[k] - least)] += 1
    best = 0
    for k in range(bins):
        if counts[k] > counts[best]:
            best = k
    facts[12] = least + best
    facts[10] = least + _rank_counted(counts, bins, (n - 1) // 2 * 1.0)
    facts[11] = least + _rank_counted(counts, bins, n // 2 * 1.0)
    for k in range(len(percentiles)):
        facts[15 + k] = least + _rank_counted(counts, bins, (n - 1) * percentiles[k] / 100)
    counts[:bins] = 0


@njit(nogil=True, _nrt=False)
def _rank_counted(counts, bins, rank):
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
def _mode_of_fractions(values, n, least, most, counts):
    size = (most - least) / BINS
    if size == 0:
        return least
    scale = BINS / (most - least)
    for k in range(n):
        scaled = (values[k] - least) * scale
        counts[min(np.int64(scaled), BINS - 1) if scaled > 0 else 0] += 1
    best = 0
    for k in range(BINS):
        if counts[k] > counts[best]:
            best = k
    counts[:BINS] = 0
    return least + best * size + (0.0 if size == 1 else size / 2)
