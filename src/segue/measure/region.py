"""The work on one region of a label image: a survey of its rows, or the measurement of the segments that begin in it. Any worker can do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.measure.forms_region import region_forms
from segue.measure.runs import label_runs
from segue.measure.survey import Segments, Survey
from segue.measure.values.band import Lookup, band_of
from segue.measure.values.facts import FACTS, WEIGHTS, Asked
from segue.measure.values.intensity import MADE_OF, column
from segue.measure.values.stream import LARGE, Values
from segue.model.image import ArrayPixels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.measure.rows import Rows

    Columns = dict[str, NDArray[np.generic]]
    Floats = NDArray[np.float64]
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
class Measures:
    """What is measured."""

    values: tuple[str, ...]
    """Measurements of values, of every channel."""
    percentiles: tuple[float, ...]
    forms: frozenset[str]
    pixel: tuple[float, float, float] | None
    """Sizes along z, y and x for forms; None = in pixels. Values are in pixels always."""

    @property
    def asked(self) -> Asked:
        """The facts that the measurements of values are made of."""
        needed = {fact for name in self.values for fact in MADE_OF[name]}
        return Asked(tuple(fact for fact in FACTS if fact in needed), self.percentiles)


@dataclass(frozen=True)
class Region:
    """Segments to measure."""

    labels: Rows
    images: tuple[Rows, ...]
    segments: Segments
    band: int
    """Rows that are looked at together: from a multiple of it to the next."""
    measures: Measures
    alone: bool
    """Whether the labels hold no other segments."""
    compiled: bool


@dataclass(frozen=True, eq=False)
class Found:
    """What a region's segments are."""

    values: tuple[NDArray[np.float64], ...]
    """Per image (channels, measurements and percentiles, s)."""
    forms: Columns


def survey(stretch: Stretch) -> Segments:
    """The segments in some rows; parts of them, where they go on elsewhere."""
    found = Survey(stretch.labels.height, compiled=stretch.compiled)
    for first, end in bands(stretch.first, stretch.end, stretch.band):
        found.add(label_runs(stretch.labels.read(first, end)[0], first, compiled=stretch.compiled))
    return found.segments()


def measure_region(region: Region) -> Found:
    """Measure the segments of a region: their rows are read once, or once for each group of channels whose open values fit into memory."""
    measures, segments = region.measures, region.segments
    columns = len(measures.values) + len(measures.percentiles)
    values = tuple(np.empty((len(image.channels), columns, len(segments.label))) for image in region.images)
    if columns and len(segments.label):
        for some in _passes(region):
            for number, channels, facts in _facts(region, some):
                for channel, of_channel in zip(channels, facts, strict=True):
                    _to_columns(region, number, of_channel, values[number][channel])
    return Found(values, region_forms(region.labels, segments, measures.forms, measures.pixel, alone=region.alone))


def _to_columns(region: Region, image: int, facts: Floats, columns: Floats) -> None:
    """Write the measurements (columns, s) of one channel, from its facts (f, s)."""
    names, values = region.measures.asked.names, region.measures.values
    of, fractions = dict(zip(names, facts, strict=False)), region.images[image].dtype.kind == "f"
    for out, name in zip(columns, values, strict=False):
        out[:] = column(name, of, region.segments, fractions=fractions)
    columns[len(values) :] = facts[len(names) :]


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


def _facts(region: Region, some: Sequence[tuple[int, Channels]]) -> list[tuple[int, Channels, Floats]]:
    """The facts of some channels of each image."""
    segments, labels, lookup, asked = region.segments, region.labels, Lookup(region.segments.label), region.measures.asked
    values = [Values(segments, len(channels), region.images[number].dtype, asked, compiled=region.compiled) for number, channels in some]
    cropped = not all(isinstance(each.pixels, ArrayPixels) for each in (labels, *region.images))
    for first, end in _bands_with_segments(segments, region.band):
        here = (segments.first_row < end) & (segments.last_row >= first)
        left, right = (int(segments.low[here, 2].min()), int(segments.high[here, 2].max())) if cropped else (0, labels.width)
        runs = label_runs(labels.read(first, end, left, right)[0], first, left, compiled=region.compiled)
        owner = lookup.rows(runs.label)
        band = band_of(runs, owner, segments, (first, left), right - left, labels.height, placed=bool(asked.groups[WEIGHTS]), compiled=region.compiled)
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
