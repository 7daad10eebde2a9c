"""The values of segments as they pass by, band by band, and what they are per segment and channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import Incompatible, Malformed, TooLarge
from segue.measure.values.statistics_reference import Asking, Held
from segue.measure.values.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.survey import Segments
    from segue.measure.values.band import Band
    from segue.measure.values.facts import Asked

    Ints = NDArray[np.int64]

KINDS = {"b1": "u1", "u1": "u1", "u2": "u2", "i1": "u2", "i2": "u2", "i4": "i8", "u4": "i8", "i8": "i8", "u8": "i8", "f2": "f4", "f4": "f4", "f8": "f8"}
"""The types that values are kept in, so that few kernels are compiled."""
LARGE = 1 << 18
"""Pixels from which a segment of 8 or 16 bits is counted, value by value, and no longer kept."""


class Values:
    """Statistics of segments on some channels of one image.

    Parameters
    ----------
    segments
        What the survey of the labels found; those of other segments are passed over.
    channels
        How many.
    dtype
        Of the pixels: whole numbers, fractions of up to 64 bits, or bool.
    asked
        What is to be found out.
    compiled
        Whether compiled code is worth loading.

    Memory: the values of the segments that have begun and not ended, 512 KB per channel and large segment of 8 or 16 bits, and 8 bytes per
    segment, channel and fact. Whole numbers beyond 2**53 are rounded to 53 bits.
    """

    def __init__(self, segments: Segments, channels: int, dtype: np.dtype[Any], asked: Asked, *, compiled: bool) -> None:
        kind = dtype.str[1:]
        if kind not in KINDS:
            raise Malformed(f"values of type {dtype} cannot be measured", expected="whole numbers or fractions of up to 64 bits")
        self._area, self._kept_as, self._compiled = segments.area, np.dtype(KINDS[kind]), compiled
        offset = -(1 << 15) if kind in ("i1", "i2") else 0
        self._asking = Asking(asked.groups, asked.columns, np.array(asked.percentiles, np.float64), offset, dtype.kind == "f")
        self.facts = np.full((channels, len(asked), len(self._area)), np.nan)
        """(channels, f, s) Complete behind the last band."""
        self._windows = Windows(self._area, channels, self._kept_as)
        large = np.flatnonzero(self._area >= LARGE) if compiled and self._kept_as.itemsize <= 2 else np.zeros(0, np.int64)
        self._histogram = np.full(len(self._area), -1)
        self._histogram[large] = np.arange(len(large))
        self._counts = np.zeros((channels, len(large), 1 << 16), np.int64)
        self._weights = np.zeros((channels, len(self._area), 3))
        self._seen = np.zeros(0, np.int64)

    @property
    def kept(self) -> int:
        """Bytes that windows and histograms take."""
        return self._windows.values.nbytes + self._counts.nbytes

    def begin(self, band: Band) -> None:
        """Make room for a band: bands in order, each row once.

        Raises
        ------
        Incompatible
            A segment has more pixels than were surveyed.
        """
        windows, segment = self._windows, band.segment
        self._seen = windows.filled[segment] + band.pixels
        if (self._seen > self._area[segment]).any():
            raise Incompatible("a segment has more pixels than were surveyed; measure labels that do not change")
        goes_on = (self._seen < self._area[segment]) & (windows.place[segment] < 0) & (self._histogram[segment] < 0)
        windows.open(segment[goes_on])

    def add(self, band: Band, channel: int, pixels: NDArray[np.generic]) -> None:
        """Take in one channel of the band: ``pixels`` (rows, x)."""
        windows, segment = self._windows, band.segment
        held = Held(
            windows.place[segment],
            windows.filled[segment],
            self._area[segment],
            self._histogram[segment],
            windows.values[channel],
            self._counts[channel],
            self._weights[channel],
        )
        if self._compiled:
            from segue.measure.values.statistics_kernel import measure_band
        else:
            from segue.measure.values.statistics_reference import measure_band
        measure_band(_flat(pixels, self._kept_as), band, held, self._asking, self.facts[channel])

    def end(self, band: Band) -> None:
        """Every channel of the band was taken in."""
        self._windows.filled[band.segment] = self._seen
        self._windows.close(band.segment[self._seen == self._area[band.segment]])

    def check(self) -> None:
        """Raise Incompatible if a segment has fewer pixels than were surveyed."""
        if (self._windows.filled < self._area).any():
            raise Incompatible("a segment has fewer pixels than were surveyed; measure labels that do not change")


def _flat(pixels: NDArray[np.generic], kept_as: np.dtype[Any]) -> NDArray[np.generic]:
    """(n,) read-only, of the type that values are kept in; signed values of 8 and 16 bits are moved up by 32768."""
    kind, size = pixels.dtype.kind, pixels.dtype.itemsize
    if kind == "u" and size == 8 and pixels.size and int(pixels.max()) >= 2**63:
        raise TooLarge("pixel values of 2**63 and more cannot be measured; convert the image to fewer bits")
    if kind == "i" and size <= 2:
        pixels = np.ascontiguousarray(pixels, np.int16).view(np.uint16) ^ np.uint16(1 << 15)
    flat = np.ascontiguousarray(pixels, kept_as).reshape(-1)
    flat.flags.writeable = False  # one kind of array, so one compiled kernel
    return flat
