"""Statistics of windows in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import sum_runs
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.windows import Window

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

FACTS = ("count", "missing", "zeros", "sum", "mean", "second", "third", "fourth", "min", "max", "lower", "upper", "mode", "x", "y")
"""What is found out about a window; the percentiles follow. Moments are means of powers of the difference to the mean; lower and upper are
the two middle values; x and y the means of places weighted by value. NaN where a window holds no number."""
BINS = 256
"""ImageJ's bins between the smallest and the largest number, for the mode of fractions."""


def statistics(window: Window, percentiles: Floats, *, fractions: bool) -> Floats:
    """(k, facts + percentiles) float64: what is found out about each segment; NaN is no number and is passed over.

    ``fractions`` says whether the values come from an image of fractions: their mode is a bin's.
    """
    values, owner = window.values, _owner(window.start)
    y, x = _places(window)
    zeros = np.bincount(owner[values == 0], minlength=len(window.start) - 1)
    number = ~np.isnan(values)
    values, owner, y, x = values[number], owner[number], y[number], x[number]
    start = np.searchsorted(owner, np.arange(len(window.start)))
    count = np.diff(start)
    with np.errstate(all="ignore"):
        order = np.lexsort((values, owner))
        at = _Ranks(values[order], start)
        least, most = at(np.zeros(len(count))), at(count - 1.0)
        total = sum_runs(values, start)
        mean = np.where(least == most, least, total / count)
        off = np.where(np.repeat(least == most, count), 0, values - np.repeat(mean, count))
        moments = [np.where(count > 0, sum_runs(off**power, start) / count, np.nan) for power in (2, 3, 4)]
        weighted = [np.where(total == 0, np.nan, sum_runs(place * values, start) / total) for place in (x, y)]
        mode = _mode_of_fractions(values, owner, least, most) if fractions else _mode(values[order], start)
        facts = [
            count,
            np.diff(window.start) - count,
            zeros,
            total,
            mean,
            *moments,
            least,
            most,
            at((count - 1) // 2 * 1.0),
            at(count // 2 * 1.0),
            mode,
            *weighted,
        ]
        return np.stack(facts + [at((count - 1) * percentile / 100) for percentile in percentiles], axis=1).astype(np.float64)


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


def _mode(values: Floats, start: Ints) -> Floats:
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


def _owner(start: Ints) -> Ints:
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def _places(window: Window) -> tuple[Ints, Ints]:
    """Row and column of each value."""
    _, x = laid_out(window.x, window.length)
    return np.repeat(window.y, window.length), x
