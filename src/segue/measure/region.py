"""The work on one region of a label image: a survey of its rows, or the measurement of the segments that begin in it. Any worker can do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.measure.band import Lookup, band_of
from segue.measure.forms_region import region_forms
from segue.measure.runs import label_runs
from segue.measure.stream import LARGE, Values
from segue.measure.survey import Segments, Survey
from segue.model.image import ArrayPixels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.measure.facts import Asked
    from segue.measure.rows import Rows

    Columns = dict[str, NDArray[np.generic]]
    Channels = tuple[int, ...]

TOGETHER = 1 << 25
"""Bytes of channels that are read together."""
OPEN = 1 << 28
"""Bytes of values of open segments beyond which the channels are measured in several passes over the labels."""


@dataclass(frozen=True)
class Stretch:
    """Rows to survey."""

    labels: Rows
    first: int
    end: int
    band: int
    """Rows that are looked at together."""
    compiled: bool


@dataclass(frozen=True)
class Region:
    """Segments to measure."""

    labels: Rows
    images: tuple[Rows, ...]
    segments: Segments
    band: int
    """Rows that are looked at together: from a multiple of it to the next."""
    asked: Asked
    forms: frozenset[str]
    pixel: tuple[float, float, float] | None
    alone: bool
    """Whether the labels hold no other segments."""
    compiled: bool


@dataclass(frozen=True, eq=False)
class Found:
    """What a region's segments are."""

    facts: tuple[NDArray[np.float64], ...]
    """Per image (channels, f, s)."""
    forms: Columns


def survey(stretch: Stretch) -> Segments:
    """The segments in some rows; parts of them, where they go on elsewhere."""
    found = Survey(stretch.labels.height, compiled=stretch.compiled)
    for first, end in bands(stretch.first, stretch.end, stretch.band):
        found.add(label_runs(stretch.labels.read(first, end)[0], first, compiled=stretch.compiled))
    return found.segments()


def measure_region(region: Region) -> Found:
    """Measure the segments of a region: their rows are read once, or once for each group of channels whose open values fit into memory."""
    facts = [np.full((len(image.channels), len(region.asked), len(region.segments.label)), np.nan) for image in region.images]
    if len(region.asked) and len(region.segments.label):
        for some in _passes(region):
            for number, channels, found in _values(region, some):
                facts[number][list(channels)] = found
    return Found(tuple(facts), region_forms(region.labels, region.segments, region.forms, region.pixel, alone=region.alone))


def bands(first: int, end: int, rows: int) -> Iterator[tuple[int, int]]:
    """Rows from ``first`` to ``end``, cut at the multiples of ``rows``."""
    while first < end:
        after = min(end, (first // rows + 1) * rows)
        yield first, after
        first = after


def _passes(region: Region) -> Iterator[list[tuple[int, Channels]]]:
    """Channels (by their place in the image's ``channels``) per image, so that the open values of each pass fit into memory; one channel at least."""
    segments = region.segments
    large = segments.area >= LARGE
    events = np.concatenate([segments.area, -segments.area])
    order = np.argsort(np.concatenate([segments.first_row, segments.last_row]), kind="stable")
    most_open = int(np.cumsum(events[order]).max())
    some: list[tuple[int, Channels]] = []
    taken = 0
    for number, image in enumerate(region.images):
        for channel in range(len(image.channels)):
            size = most_open * image.dtype.itemsize + int(large.sum()) * (1 << 19) * (image.dtype.itemsize <= 2)
            if some and taken + size > OPEN:
                yield some
                some, taken = [], 0
            taken += size
            if some and some[-1][0] == number:
                some[-1] = (number, (*some[-1][1], channel))
            else:
                some.append((number, (channel,)))
    if some:
        yield some


def _values(region: Region, some: Sequence[tuple[int, Channels]]) -> list[tuple[int, Channels, NDArray[np.float64]]]:
    """The facts of some channels of each image."""
    segments, labels, lookup = region.segments, region.labels, Lookup(region.segments.label)
    values = [Values(segments, len(channels), region.images[number].dtype, region.asked, compiled=region.compiled) for number, channels in some]
    cropped = not all(isinstance(each.pixels, ArrayPixels) for each in (labels, *region.images))
    for first, end in _bands_with_segments(segments, region.band):
        here = (segments.first_row < end) & (segments.last_row >= first)
        left, right = (int(segments.low[here, 2].min()), int(segments.high[here, 2].max())) if cropped else (0, labels.width)
        runs = label_runs(labels.read(first, end, left, right)[0], first, left, compiled=region.compiled)
        owner = lookup.rows(runs.label)
        band = band_of(runs, owner, segments, (first, left), right - left, labels.height, compiled=region.compiled)
        del runs, owner
        for one, (number, channels) in zip(values, some, strict=True):
            image = region.images[number]
            one.begin(band)
            each = max(1, TOGETHER // max(1, (end - first) * (right - left) * image.dtype.itemsize))
            for group in (channels[k : k + each] for k in range(0, len(channels), each)):
                block = image.of(tuple(image.channels[channel] for channel in group)).read(first, end, left, right)
                for channel, pixels in zip(group, block, strict=True):
                    one.add(band, channel - channels[0], pixels)
            one.end(band)
    for one in values:
        one.check()
    return [(number, channels, one.facts) for one, (number, channels) in zip(values, some, strict=True)]


def _bands_with_segments(segments: Segments, rows: int) -> Iterator[tuple[int, int]]:
    """Bands that hold a row of a segment."""
    order = np.argsort(segments.first_row, kind="stable")
    begins, reach = segments.first_row[order], np.maximum.accumulate(segments.last_row[order])
    apart = np.flatnonzero(begins[1:] > reach[:-1] + rows) + 1
    for first, end in zip(begins[np.r_[0, apart]].tolist(), reach[np.r_[apart - 1, len(reach) - 1]].tolist(), strict=True):
        yield from bands(first, end + 1, rows)
