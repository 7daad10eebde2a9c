"""Measuring the segments of a label image on any number of channels, region by region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Incompatible
from segue.measure.catalog import MEASUREMENTS
from segue.measure.facts import FACTS, Asked
from segue.measure.intensity import MADE_OF, column
from segue.measure.region import measure_region, survey
from segue.measure.regions import regions, stretches
from segue.measure.rows import Rows
from segue.measure.surroundings import SURROUNDINGS, surroundings
from segue.measure.survey import Segments, united
from segue.measure.units import scaled
from segue.model.image import Image, LabelImage, size_of
from segue.tasks.workers import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from segue.measure.region import Found
    from segue.tasks.workers import Workers

    Columns = dict[tuple[str, int | None], NDArray[np.generic]]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
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


@dataclass(frozen=True, eq=False)
class _Frame:
    """What was found at one time point."""

    segments: Segments
    forms: dict[str, NDArray[np.generic]]
    values: tuple[tuple[Ints, Segments, Found], ...]
    """Per region which segments it holds, these, and their facts."""


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
    asked = _asked(wanted)
    forms = frozenset(one.name for one in MEASUREMENTS if not one.channels and one.name in wanted.measurements)
    times = size_of(labels.pixels, labels.axes, "t")
    values = int(np.prod(labels.pixels.shape)) * (1 + len(channels))
    who: Workers = Threads(1) if values < SMALL else workers or Threads()
    frames = [(Rows(labels.pixels, labels.axes, t=t), tuple(Rows(i.pixels, i.axes, c, t) for i, c in images)) for t in range(times)]
    found = list(_frames(frames, asked, forms - SURROUNDINGS, pixel, who, compiled=values >= SMALL))
    around = SURROUNDINGS & set(wanted.measurements)
    if around:
        found = [_surrounded(labels, frame, around, t, pixel) for t, frame in enumerate(found)]
    label = np.concatenate([np.zeros(0, np.uint64), *(frame.segments.label for frame in found)])
    t = np.repeat(np.arange(times, dtype=np.int32), [len(frame.segments.label) for frame in found])
    dimensions = 3 if size_of(labels.pixels, labels.axes, "z") > 1 else 2
    channel = _ChannelColumns(found, asked, [image.pixels.dtype.kind == "f" for image, _ in images], pixel, dimensions)
    return Measured(label, t, _columns(found, wanted, channel, places))


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


def _asked(wanted: Wanted) -> Asked:
    """The facts that the measurements of values are made of."""
    needed = {fact for name in wanted.measurements for fact in MADE_OF.get(name, ())}
    return Asked(tuple(fact for fact in FACTS if fact in needed), wanted.percentiles)


def _frames(
    frames: Sequence[tuple[Rows, tuple[Rows, ...]]], asked: Asked, forms: frozenset[str], pixel: Pixel | None, who: Workers, *, compiled: bool
) -> Iterator[_Frame]:
    """Survey all time points, then measure all of their regions: there may be many small ones, or one large one."""
    cut = [list(stretches(labels, images, compiled=compiled)) for labels, images in frames]
    surveyed = who.run(survey, (stretch for some in cut for stretch in some))
    segments = [united([next(surveyed) for _ in some]) for some in cut]
    planned = [list(regions(labels, images, known, asked, forms, pixel, compiled=compiled)) for (labels, images), known in zip(frames, segments, strict=True)]
    results = who.run(measure_region, (region for some in planned for _, region in some))
    for known, some in zip(segments, planned, strict=True):
        found = tuple((members, region.segments, next(results)) for members, region in some)
        order = np.argsort(np.concatenate([members for members, _, _ in found]))
        names = found[0][2].forms
        yield _Frame(known, {name: np.concatenate([result.forms[name] for _, _, result in found])[order] for name in names}, found)


def _surrounded(labels: LabelImage, frame: _Frame, wanted: frozenset[str], t: int, pixel: Pixel | None) -> _Frame:
    """The frame with how its segments lie to each other."""
    found = surroundings(labels, frame.segments.label, frame.segments.centroid, wanted, t, pixel)
    return replace(frame, forms=frame.forms | found)


@dataclass(frozen=True)
class _ChannelColumns:
    """Makes columns of channels from the facts of all frames."""

    frames: Sequence[_Frame]
    asked: Asked
    fractions: Sequence[bool]
    """Per image, whether its pixels are fractions."""
    pixel: Pixel | None
    dimensions: int

    def measurement(self, name: str, image: int, channel: int) -> NDArray[np.generic]:
        def made(segments: Segments, facts: Floats) -> Floats:
            of = dict(zip(self.asked.names, facts, strict=False))
            return column(name, of, segments, fractions=self.fractions[image])

        return scaled(name, self._gathered(made, image, channel), self.pixel, self.dimensions)

    def percentile(self, number: int, image: int, channel: int) -> Floats:
        return self._gathered(lambda _, facts: facts[len(self.asked.names) + number], image, channel)

    def _gathered(self, made: Callable[[Segments, Floats], Floats], image: int, channel: int) -> Floats:
        """A column of all frames: made region by region, put in the order of the segments."""
        out = np.empty(sum(len(frame.segments.label) for frame in self.frames))
        begin = 0
        for frame in self.frames:
            of_frame = out[begin : begin + len(frame.segments.label)]
            for members, segments, found in frame.values:
                of_frame[members] = made(segments, found.facts[image][channel])
            begin += len(of_frame)
        return out


def _columns(frames: Sequence[_Frame], wanted: Wanted, of_channel: _ChannelColumns, places: Sequence[tuple[int, int]]) -> Columns:
    result: Columns = {}
    for name in wanted.measurements:
        if name in MADE_OF:
            result |= {(name, k): of_channel.measurement(name, *place) for k, place in enumerate(places)}
        elif frames and name in frames[0].forms:
            result[name, None] = np.concatenate([frame.forms[name] for frame in frames])
    for number, value in enumerate(wanted.percentiles):
        result |= {(f"percentile {value:g}", k): of_channel.percentile(number, *place) for k, place in enumerate(places)}
    return result
