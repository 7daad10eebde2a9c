"""Pixels as they pass by, band by band, and what they are per segment and channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import Incompatible, Malformed, TooLarge
from segue.geometry import bands
from segue.measure.statistics_reference import FACTS
from segue.measure.windows import Pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.measure.runs import Runs
    from segue.measure.survey import Segments

    Floats = NDArray[np.float64]

SMALL = 2_000_000
"""Values below which the numpy twin runs: loading compiled code would take longer."""
PARALLEL_FROM = 2_000_000
"""Values that take about 20 ms."""
KINDS = {"b1": "u1", "u1": "u1", "u2": "u2", "i1": "i4", "i2": "i4", "i4": "i4", "u4": "i8", "i8": "i8", "u8": "i8", "f2": "f4", "f4": "f4", "f8": "f8"}
"""The types that values are kept in, so that few kernels are compiled."""


class Intensities:
    """Statistics of segments, from bands of rows.

    Parameters
    ----------
    segments
        What the survey of the same labels found.
    channels
        Of the pixels.
    dtype
        Of the pixels: whole numbers, fractions of up to 64 bits, or bool.
    percentiles
        From 0 to 100; between two values in proportion.
    height
        Rows of a plane; None = one plane.

    Memory: the values of the segments that have begun and not ended, and 8 bytes per segment, channel and fact. Whole numbers beyond 2**53
    are rounded to 53 bits.
    """

    def __init__(self, segments: Segments, channels: int, dtype: np.dtype[Any] | type, percentiles: Sequence[float] = (), height: int | None = None) -> None:
        kind = np.dtype(dtype).str[1:]
        if kind not in KINDS:
            raise Malformed(f"values of type {np.dtype(dtype)} cannot be measured", expected="whole numbers or fractions of up to 64 bits")
        self._segments, self._dtype, self._kept_as = segments, np.dtype(dtype).newbyteorder("="), np.dtype(KINDS[kind])
        self._percentiles, self._height = np.array(percentiles, np.float64), height or 2**62
        self._facts = np.full((channels, len(segments.label), len(FACTS) + len(self._percentiles)), np.nan)
        self._compiled = int(segments.area.sum()) * channels >= SMALL
        self._pools: dict[int, Pool] = {}
        self._pool_of, self._slot_of = (np.full(len(segments.label), -1, np.int64) for _ in range(2))
        self._opened = self._next = self._made = 0
        self._begins = np.argsort(segments.first_row, kind="stable")

    def add(self, runs: Runs, pixels: NDArray[np.generic], first_row: int) -> None:
        """Take in the next band of rows: all rows, in order.

        Parameters
        ----------
        runs
            Of the labels of the band.
        pixels : (channels, rows, x)
            In any byte order.
        first_row
            Where the band begins.

        Raises
        ------
        Incompatible
            The pixels have another number of channels or another type, a band is missing, or the labels are not those of the survey.
        """
        if pixels.ndim != 3 or len(pixels) != len(self._facts) or pixels.dtype.newbyteorder("=") != self._dtype:
            raise Incompatible(f"expected (channels, y, x) pixels with {len(self._facts)} channels of {self._dtype}, not {pixels.shape} of {pixels.dtype}")
        if first_row != self._next:
            raise Incompatible(f"the band begins at row {first_row}, but row {self._next} comes next; give the rows in order, each once")
        self._next += pixels.shape[1]
        self._open(self._next)
        if len(runs.row):
            self._fill(runs, _flat(pixels, self._kept_as), first_row * pixels.shape[2], pixels.shape[2])
        for number in [number for number, pool in self._pools.items() if pool.last_row < self._next]:
            self._close(self._pools.pop(number))

    def facts(self) -> Floats:
        """(channels, s, facts + percentiles), see ``statistics_reference.FACTS``; after the last band."""
        if self._pools or self._opened < len(self._segments.label):
            raise Incompatible("the image ends before its segments do; give all rows of it")
        return self._facts

    def _open(self, end: int) -> None:
        """Windows for the segments that begin above row ``end``."""
        upto = int(np.searchsorted(self._segments.first_row[self._begins], end))
        rows = np.sort(self._begins[self._opened : upto])
        if len(rows):
            self._pool_of[rows], self._slot_of[rows] = self._made, np.arange(len(rows))
            self._pools[self._made] = Pool.of(self._segments, rows, len(self._facts), self._kept_as)
            self._made += 1
        self._opened = upto

    def _fill(self, runs: Runs, band: NDArray[np.generic], begin: int, width: int) -> None:
        labels = self._segments.label
        row = np.minimum(np.searchsorted(labels, runs.label), max(len(labels) - 1, 0))
        if not len(labels) or (labels[row] != runs.label).any() or (self._pool_of[row] < 0).any():
            raise Incompatible("the labels are not those that were surveyed; measure labels that do not change")
        if self._compiled:
            from segue.measure.statistics_kernel import fill
        else:
            from segue.measure.windows import fill
        for number in np.unique(self._pool_of[row]).tolist():
            mine, pool = self._pool_of[row] == number, self._pools.get(number)
            some = runs.take(mine)
            place = pool.places(self._slot_of[row[mine]], some) if pool is not None else None
            if pool is None or place is None:
                raise Incompatible("a segment has more pixels than were surveyed; measure labels that do not change")
            fill(pool.values, place, band, some.row * width + some.begin - begin, some.length)

    def _close(self, pool: Pool) -> None:
        if not pool.full:
            raise Incompatible("a segment has fewer pixels than were surveyed; measure labels that do not change")
        if self._compiled:
            from segue.measure.statistics_kernel import statistics
        else:
            from segue.measure.statistics_reference import statistics
        window, fractions = pool.windows(self._segments, self._height), self._kept_as.kind == "f"

        def measure(_: int, first: int, end: int) -> None:
            for channel in range(first, end):
                self._facts[channel, pool.rows] = statistics(window(channel), self._percentiles, fractions=fractions)

        bands.run(measure, len(pool.values), bands.count(len(pool.values), worth=pool.values.size >= PARALLEL_FROM))


def _flat(pixels: NDArray[np.generic], kept_as: np.dtype[Any]) -> NDArray[np.generic]:
    """(channels, pixels) of the type that values are kept in."""
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 8 and pixels.size and int(pixels.max()) >= 2**63:
        raise TooLarge("pixel values of 2**63 and more cannot be measured; convert the image to fewer bits")
    return np.ascontiguousarray(pixels, kept_as).reshape(len(pixels), -1)
