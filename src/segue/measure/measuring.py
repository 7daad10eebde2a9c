"""Measuring the segments of a label image on any number of channels, region by region."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.errors import Incompatible
from segue.measure.catalog import MEASUREMENTS
from segue.measure.collected import Collected
from segue.measure.region import Measures, measure_region, survey
from segue.measure.regions import regions, stretches
from segue.measure.rows import Rows
from segue.measure.surroundings import SURROUNDINGS, surroundings
from segue.measure.survey import united
from segue.measure.units import scaled
from segue.measure.values.intensity import MADE_OF
from segue.model.image import Image, LabelImage, size_of
from segue.tasks.workers import Threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.measure.region import Region
    from segue.measure.survey import Segments
    from segue.tasks.workers import Workers

    Columns = dict[tuple[str, int | None], NDArray[np.generic]]
    Pixel = tuple[float, float, float]

SMALL = 2_000_000
"""Values below which plain numpy does the work, in this thread: less than 20 ms, and loading compiled code would take longer."""


@dataclass(frozen=True)
class Channel:
    """One channel of an image."""

    image: Image
    index: int = 0
    """Along c; 0 where the image has no such axis."""


@dataclass(frozen=True)
class Wanted:
    """What is to be measured."""

    measurements: tuple[str, ...]
    """Names of the catalogue; those of values are measured on every channel."""
    percentiles: tuple[float, ...] = ()
    """From 0 to 100, of every channel; their columns are called ``percentile N``."""


@dataclass(frozen=True, eq=False)
class Measured:
    """One row per segment and time point, ascending by time, then label."""

    label: NDArray[np.uint64]
    """(s,)"""
    t: NDArray[np.int32]
    """(s,) 0 where the labels have no time axis."""
    columns: dict[tuple[str, int | None], NDArray[np.generic]]
    """(measurement, number of the channel or None) -> (s,), in the order of ``Wanted``, channel within measurement, percentiles last. A
    measurement that cannot be made of these labels (a circularity of volumes) is not there."""


def measure(labels: LabelImage, channels: Sequence[Channel], wanted: Wanted, workers: Workers | None = None, pixel: Pixel | None = None) -> Measured:
    """Measure every segment of a label image: planes, volumes, and each time point on its own; with the same result however the work is cut.

    The labels are read twice, or three times if forms are wanted that need outlines; each channel is read once.

    Parameters
    ----------
    labels
        Of any axes; 0 is background.
    channels
        Of images of the same size along t, z, y and x, of any number type; NaN is no value.
    wanted
        What is to be measured.
    workers
        Who does the work; None = threads.
    pixel
        Sizes of a pixel along z, y and x: lengths, places and areas are then in that unit. None = in pixels.

    Returns
    -------
    Measured

    Raises
    ------
    Incompatible
        An image has another size than the labels, or no such channel.
    TooLarge, Malformed
        A segment, or values, that cannot be measured exactly.

    Memory
    ------
    About 300 MB per worker for what is being read (chunks that are higher may take more), 200 bytes per segment and 8 per segment, channel and
    statistic, whatever the size of the image; beyond it the values of segments that have begun and not ended. A segment of fractions, or of
    more than 16 bits, that reaches across the whole image is held as a whole, channel after channel; of up to 16 bits it takes 512 KB per channel.
    """
    images, places = _images(labels, channels)
    names = tuple(name for name in wanted.measurements if name in MADE_OF)
    forms = frozenset(one.name for one in MEASUREMENTS if not one.channels and one.name in wanted.measurements)
    values = int(np.prod(labels.pixels.shape)) * (1 + len(channels))
    who: Workers = Threads(1) if values < SMALL else workers or Threads()
    job = _Job(Measures(names, wanted.percentiles, forms - SURROUNDINGS, pixel), who, compiled=values >= SMALL)
    times = range(size_of(labels.pixels, labels.axes, "t"))
    frames = [_Frame(Rows(labels.pixels, labels.axes, t=t), tuple(Rows(i.pixels, i.axes, c, t) for i, c in images)) for t in times]
    segments = _surveyed(frames, job)
    t = np.repeat(np.arange(len(times), dtype=np.int32), [len(some.label) for some in segments])
    label = np.concatenate([np.zeros(0, np.uint64), *(some.label for some in segments)])
    found = Collected(len(label), [len(c) for _, c in images], len(names) + len(wanted.percentiles))
    _measured(frames, segments, job, found)
    _surrounded(labels, segments, frozenset(wanted.measurements) & SURROUNDINGS, pixel, found)
    return Measured(label, t, _columns(found, wanted, names, places, pixel, 3 if size_of(labels.pixels, labels.axes, "z") > 1 else 2))


class _Frame(NamedTuple):
    """One time point."""

    labels: Rows
    images: tuple[Rows, ...]


@dataclass(frozen=True)
class _Job:
    """What is done at every time point, and by whom."""

    measures: Measures
    who: Workers
    compiled: bool


def _images(labels: LabelImage, channels: Sequence[Channel]) -> tuple[list[tuple[Image, tuple[int, ...]]], list[tuple[int, int]]]:
    """The images with the channels that are read of them, and for each channel its image and its place among these."""
    images: list[Image] = []
    read: list[list[int]] = []
    places = []
    for channel in channels:
        _check(labels, channel)
        number = next((k for k, image in enumerate(images) if image.pixels == channel.image.pixels and image.axes == channel.image.axes), len(images))
        if number == len(images):
            images.append(channel.image)
            read.append([])
        index = channel.index if "c" in channel.image.axes else 0
        if index not in read[number]:
            read[number].append(index)
        places.append((number, index))
    ordered = [tuple(sorted(indexes)) for indexes in read]
    return list(zip(images, ordered, strict=True)), [(number, ordered[number].index(index)) for number, index in places]


def _check(labels: LabelImage, channel: Channel) -> None:
    image = channel.image
    ours, theirs = ({name: size_of(each.pixels, each.axes, name) for name in "tzyx"} for each in (labels, image))
    if ours != theirs:
        sizes = [" x ".join(f"{name} {size}" for name, size in each.items() if size > 1 or name in "yx") for each in (theirs, ours)]
        raise Incompatible(f"image {image.name} has {sizes[0]} pixels but the labels {labels.name} have {sizes[1]}; measure an image of the same size")
    most = size_of(image.pixels, image.axes, "c")
    if "c" in image.axes and not 0 <= channel.index < most:
        raise Incompatible(f"image {image.name} has {most} channels, counted from 0, so none with number {channel.index}")


def _surveyed(frames: Sequence[_Frame], job: _Job) -> list[Segments]:
    """The segments of each time point; there may be many small ones, or one large one."""
    cut = [list(stretches(*frame, compiled=job.compiled)) for frame in frames]
    found = job.who.run(survey, (stretch for some in cut for stretch in some))
    return [united([next(found) for _ in some]) for some in cut]


def _measured(frames: Sequence[_Frame], segments: Sequence[Segments], job: _Job, collected: Collected) -> None:
    """Measure all regions of all time points."""
    given: deque[NDArray[np.int64]] = deque()

    def pieces() -> Iterator[Region]:
        begin = 0
        for frame, known in zip(frames, segments, strict=True):
            for rows, region in regions(*frame, known, job.measures, compiled=job.compiled):
                given.append(begin + rows)
                yield region
            begin += len(known.label)

    for found in job.who.run(measure_region, pieces()):
        collected.put(given.popleft(), found)


def _surrounded(labels: LabelImage, segments: Sequence[Segments], wanted: frozenset[str], pixel: Pixel | None, collected: Collected) -> None:
    """How segments lie to each other."""
    begin = 0
    for t, some in enumerate(segments if wanted else ()):
        for name, column in surroundings(labels, some.label, some.centroid, wanted, t, pixel).items():
            collected.form(name, column.dtype)[begin : begin + len(column)] = column
        begin += len(some.label)


def _columns(found: Collected, wanted: Wanted, names: tuple[str, ...], places: Sequence[tuple[int, int]], pixel: Pixel | None, dimensions: int) -> Columns:
    result: Columns = {}
    for name in wanted.measurements:
        if name in names:
            result |= {(name, k): scaled(name, found.value(*place, names.index(name)), pixel, dimensions) for k, place in enumerate(places)}
        elif name in found.forms:
            result[name, None] = found.forms[name]
    for number, percentile in enumerate(wanted.percentiles, len(names)):
        result |= {(f"percentile {percentile:g}", k): found.value(*place, number) for k, place in enumerate(places)}
    return result
