"""Measuring the segments of a label image on any number of channels, region by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Incompatible
from segue.measure.catalog import MEASUREMENTS
from segue.measure.forms import forms
from segue.measure.intensity import columns, intensities
from segue.measure.statistics_reference import FACTS
from segue.model.image import Image, LabelImage, plane_at, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.tasks.workers import Workers

    Columns = dict[tuple[str, int | None], NDArray[np.generic]]


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
    """(measurement, number of the channel or None) -> (s,), in the order of ``Wanted``, channel within measurement; in pixels."""


def measure(labels: LabelImage, channels: Sequence[Channel], wanted: Wanted, workers: Workers | None = None) -> Measured:
    """Measure every segment of a label image.

    Parameters
    ----------
    labels
        Of the axes y and x.
    channels
        Of images of the same size.
    wanted
        What is to be measured.
    workers
        Who does the work; None = threads.

    Returns
    -------
    Measured

    Raises
    ------
    Incompatible
        An image has another size, or an axis that the labels do not have.
    """
    plane = plane_at(labels.pixels, labels.axes, {})
    found = forms(plane, frozenset(wanted.measurements))
    label = found["label"].astype(np.uint64)
    of_channels = [_of_channel(plane, channel, wanted) for channel in channels]
    result: Columns = {}
    for one in MEASUREMENTS:
        if one.name in wanted.measurements and one.channels:
            result |= {(one.name, number): values[one.name] for number, values in enumerate(of_channels)}
        elif one.name in wanted.measurements:
            result[one.name, None] = found[one.name]
    for name in (f"percentile {value:g}" for value in wanted.percentiles):
        result |= {(name, number): values[name] for number, values in enumerate(of_channels)}
    return Measured(label, np.zeros(len(label), np.int32), result)


def _of_channel(plane: NDArray[np.generic], channel: Channel, wanted: Wanted) -> dict[str, NDArray[np.float64]]:
    image = channel.image
    pixels = plane_at(image.pixels, image.axes, {"c": channel.index})
    if pixels.shape != plane.shape or any(size_of(image.pixels, image.axes, name) > 1 for name in "tz"):
        raise Incompatible(f"image {image.name} of {pixels.shape} pixels does not fit labels of {plane.shape}")
    segments, facts = intensities(plane, pixels[None], wanted.percentiles)
    percentiles = {f"percentile {value:g}": facts[0][:, len(FACTS) + k] for k, value in enumerate(wanted.percentiles)}
    return columns(segments, facts[0], fractions=pixels.dtype.kind == "f") | percentiles
