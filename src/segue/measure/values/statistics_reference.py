"""Statistics of segments in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.geometry.rings import sum_runs
from segue.measure.values.facts import BINS, FACTS, MODE, WEIGHTS
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.values.band import Band

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Held(NamedTuple):
    """Where the segments of a band are kept. A segment that lies in the band as a whole is not kept."""

    place: Ints
    """(k,) Where its window begins; -1 = it has none."""
    before: Ints
    """(k,) Pixels seen in earlier bands."""
    area: Ints
    """(k,) Pixels in all bands."""
    histogram: Ints
    """(k,) The row of ``counts`` that is kept instead of a window; -1 = none."""
    windows: NDArray[np.generic]
    """(n,)"""
    counts: Ints
    """(h, 65536)"""
    weights: Floats
    """(s, 3) Sum of plane, row and column times value."""


class Asking(NamedTuple):
    """What is to be found out."""

    groups: NDArray[np.bool_]
    """(5,) see ``facts``."""
    columns: Ints
    """(f,) Numbers of facts; percentiles follow the facts."""
    percentiles: Floats
    offset: int
    """What is to be added to each value."""
    fractions: bool
    """Whether the values come from an image of fractions: their mode is a bin's."""


def measure_band(pixels: NDArray[np.generic], band: Band, held: Held, asking: Asking, out: Floats) -> None:
    """Take in one channel of a band: keep the values of segments that go on, measure those that are complete.

    Parameters
    ----------
    pixels : (n,)
        The rows of the band laid end to end.
    band
        What belongs to which segment.
    held
        Written to; histograms are not used.
    asking
        What is to be found out.
    out : (f, s)
        Written to, at the segments that are complete.
    """
    offsets, index = laid_out(band.source, band.length)
    values = pixels[index]
    if asking.groups[WEIGHTS]:
        _weigh(values.astype(np.float64) + asking.offset, offsets, band, held.weights)
    begin, seen = offsets[band.start[:-1]], np.diff(offsets[band.start])
    kept = np.flatnonzero(held.place >= 0)
    _, there = laid_out(held.place[kept] + held.before[kept], seen[kept])
    _, here = laid_out(begin[kept], seen[kept])
    held.windows[there] = values[here]
    done = np.flatnonzero(held.before + seen == held.area)
    from_window = held.place[done] >= 0
    start, whole = laid_out(np.where(from_window, held.place[done] + len(values), begin[done]), held.area[done])
    numbers = np.concatenate([values, held.windows])[whole].astype(np.float64) + asking.offset
    found = statistics(numbers, start, asking)
    with np.errstate(invalid="ignore"):
        places = (held.weights[band.segment[done]] / np.where(found[3] == 0, np.nan, found[3])[:, None]).T
    found[[FACTS.index(name) for name in "zyx"]] = places
    out[:, band.segment[done]] = found[asking.columns]


def statistics(values: Floats, start: Ints, asking: Asking) -> Floats:
    """(facts + percentiles, k) What is found out about each segment, from its values laid end to end (``start`` (k + 1,)); NaN is passed over."""
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    zeros = np.bincount(owner[values == 0], minlength=len(start) - 1)
    number = ~np.isnan(values)
    values, owner = values[number], owner[number]
    begins = np.searchsorted(owner, np.arange(len(start)))
    count = np.diff(begins)
    with np.errstate(all="ignore"):
        order = np.lexsort((values, owner))
        at = _Ranks(values[order], begins)
        least, most = at(np.zeros(len(count))), at(count - 1.0)
        total = sum_runs(values, begins)
        mean = np.where(least == most, least, total / count)
        off = np.where(np.repeat(least == most, count), 0, values - np.repeat(mean, count))
        moments = [np.where(count > 0, sum_runs(off**power, begins) / count, np.nan) for power in (2, 3, 4)]
        mode = _mode(values, order, owner, begins, least, most, asking)
        middle = [at((count - 1) // 2 * 1.0), at(count // 2 * 1.0)]
        places = [np.full(len(count), np.nan)] * 3
        facts = [count, np.diff(start) - count, zeros, total, mean, *moments, least, most, *middle, mode, *places]
        found: Floats = np.stack([*facts, *(at((count - 1) * percentile / 100) for percentile in asking.percentiles)]).astype(np.float64)
        return found


def _weigh(values: Floats, offsets: Ints, band: Band, weights: Floats) -> None:
    values = np.where(np.isnan(values), 0.0, values)
    _, within = laid_out(np.zeros_like(band.length), band.length)
    with np.errstate(invalid="ignore"):  # infinity in the first column
        total, along = sum_runs(values, offsets), sum_runs(values * within, offsets)
        sums = band.place * total
        sums[2] += along
    np.add.at(weights, np.repeat(band.segment, np.diff(band.start)), sums.T)


class _Ranks:
    """The value at a rank of each segment, from values that are sorted within segments; between two ranks in proportion."""

    def __init__(self, values: Floats, start: Ints) -> None:
        self._values, self._start, self._count = np.append(values, 0.0), start, np.diff(start)

    def __call__(self, rank: Floats) -> Floats:
        whole = np.clip(np.floor(rank), 0, np.maximum(self._count - 1, 0)).astype(np.int64)
        first = self._values[np.minimum(self._start[:-1] + whole, len(self._values) - 1)]
        after = np.minimum(self._start[:-1] + whole + 1, len(self._values) - 1)
        part = rank - whole
        between = np.where(part > 0, first + (self._values[after] - first) * part, first)
        return np.where(self._count > 0, between, np.nan)


def _mode(values: Floats, order: Ints, owner: Ints, start: Ints, least: Floats, most: Floats, asking: Asking) -> Floats:
    if not asking.groups[MODE]:
        return np.full(len(least), np.nan)
    return _mode_of_fractions(values, owner, least, most) if asking.fractions else _mode_of_whole(values[order], start)


def _mode_of_whole(values: Floats, start: Ints) -> Floats:
    """The most frequent number, of equally frequent ones the smallest."""
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    new[start[:-1][start[:-1] < len(values)]] = True
    begin = np.flatnonzero(new)
    times = np.diff(begin, append=len(values))
    owner = np.searchsorted(start, begin, side="right") - 1
    return _first_most(owner, times, values[begin], len(start) - 1)


def _mode_of_fractions(values: Floats, owner: Ints, least: Floats, most: Floats) -> Floats:
    """The middle of the fullest of 256 bins, of equally full ones the lowest; ImageJ takes the lower end of bins that are 1 wide."""
    size = (most - least) / BINS
    scaled = (values - least[owner]) * (BINS / (most - least))[owner]
    bins = np.clip(np.where(np.isnan(scaled), 0, scaled), 0, BINS - 1).astype(np.int64)
    found, times = np.unique(owner * BINS + bins, return_counts=True)
    fullest = _first_most(found // BINS, times, (found % BINS).astype(np.float64), len(least))
    return np.where(size == 0, least, least + fullest * size + np.where(size == 1, 0, size / 2))


def _first_most(owner: Ints, times: Ints, values: Floats, segments: int) -> Floats:
    """(segments,) The first of ``values`` with the largest ``times``."""
    order = np.lexsort((values, -times, owner))
    out = np.full(segments, np.nan)
    first = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    out[owner[first]] = values[first]
    return out
