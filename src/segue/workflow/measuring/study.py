"""Measuring what a study holds: images and label images in, the same study with a table of values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from segue.errors import Incompatible, InvalidOption
from segue.measure.measuring import Measured, measure
from segue.measure.preset import PresetColumn, shown
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import ImageSet, Study
from segue.model.tables import Column
from segue.notes import Kind, Note, Notes
from segue.workflow.measuring.channels import Named, channels_of
from segue.workflow.measuring.choice import Choice, wanted
from segue.workflow.measuring.units import PixelSize, named, physical_size, unit_of, with_pixel_size
from segue.workflow.measuring.values import Layer, column_of, times, with_values

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

_COUNTS = frozenset({"area", "left", "top", "front", "width", "height", "depth", "zeros", "missing", "euler", "neighbours"})
"""Measurements that are whole numbers whatever the image."""
_VALUES = frozenset({"min", "max", "mode", "median_imagej", "sum"})
"""Measurements that are whole numbers of an image of whole numbers."""


@dataclass(frozen=True)
class Measuring:
    """What is measured of every image set."""

    choice: Choice
    layer: str | None = None
    """Only segments of this label image."""
    channels: tuple[str, ...] = ()
    """Names of the channels, or those that are wanted."""
    pixel_size: PixelSize | None = None
    """How large a pixel is, whatever the files state."""
    physical: bool = False
    """Lengths, places and areas in the unit of the pixel size."""
    neighbours: bool = False
    """Whether segments that touch are connected."""


def measured_study(study: Study, how: Measuring, workers: Workers | None = None, where: str = "") -> tuple[Study, Notes]:
    """Measure the segments of every image set; the values become its table ``measurements``.

    Parameters
    ----------
    study
        With images and label images of the same sizes.
    how
        What is measured.
    workers
        Who does the work; None = threads.
    where
        What sentences call the study.

    Raises
    ------
    SourceError
        Sizes differ, there is nothing to measure, or on.
    InvalidOption
        There is no such layer.
    """
    results = [_image_set(s, how, workers, s.name or where) for s in study.image_sets]
    return replace(study, image_sets=tuple(s for s, _ in results)), Notes.joined(notes for _, notes in results)


def _image_set(s: ImageSet, how: Measuring, workers: Workers | None, where: str) -> tuple[ImageSet, Notes]:
    s = s if how.pixel_size is None else with_pixel_size(s, how.pixel_size)
    labels = layers_of(s, how.layer, where)
    channels = channels_of(s, how.channels, where) if how.choice.values else ()
    if how.choice.values and not channels:
        raise Incompatible(f"{where} holds no image whose values could be measured")
    for image in labels:
        for one in s.images:
            check_sizes(image, one, where)
    found = [_layer(image, channels, how, s.grid, workers, where) for image in labels]
    return with_values(s, found), _left_out(labels, how.choice)


def _left_out(labels: Sequence[LabelImage], choice: Choice) -> Notes:
    """What was asked for by name, and is not made of such label images."""
    spaces = {3: "volumes", 2: "planes"}
    notes = [
        Note(Kind.SKIPPED, f"{name} is not measured of {spaces[dims]}")
        for dims in sorted({dimensions(one) for one in labels})
        for name in choice.left_out(dims)
    ]
    return Notes(tuple(notes))


def layers_of(s: ImageSet, layer: str | None, where: str) -> tuple[LabelImage, ...]:
    """The label images to measure: all, or the one that was named.

    Raises
    ------
    Incompatible
        There is none.
    InvalidOption
        There is none of that name.
    """
    if not s.labels:
        raise Incompatible(f"{where} holds no label image; name it with --labels")
    found = tuple(image for image in s.labels if layer in (None, image.name))
    if not found:
        known = ", ".join(image.name for image in s.labels)
        raise InvalidOption(f"{where} has no layer {layer!r}; there are: {known}", option="layer", allowed=known)
    return found


def dimensions(image: LabelImage) -> int:
    """3 where there are several planes."""
    return 3 if size_of(image.pixels, image.axes, "z") > 1 else 2


def check_sizes(labels: LabelImage, image: Image, where: str) -> None:
    """Raise Incompatible unless an image has the size of the labels; the message names both."""
    sizes = [{name: size_of(one.pixels, one.axes, name) for name in "tzyx"} for one in (labels, image)]
    if sizes[0] == sizes[1]:
        return
    texts = [" x ".join(f"{name} {size}" for name, size in one.items() if name in "yx" or max(two[name] for two in sizes) > 1) for one in sizes]
    raise Incompatible(f"{where}: the label image ({texts[0]}) and the image ({texts[1]}) differ in size; they have to be of the same pixels")


def _layer(labels: LabelImage, channels: Sequence[Named], how: Measuring, grid: Grid, workers: Workers | None, where: str) -> Layer:
    dims = dimensions(labels)
    size, unit = physical_size(grid, dims, where) if how.physical else (None, None)
    asked = how.choice.columns([one.name for one in channels], dims)
    found = measure(labels, [one.channel for one in channels], wanted(one.measurement for one in asked), workers, size)
    columns = tuple(_column(one, found, channels, labels.name, _Scale(unit, dims, by_name=not how.choice.preset)) for one in asked)
    return Layer(labels.name, found.label, times(labels, found), columns)


class _Scale(NamedTuple):
    """In what lengths are."""

    unit: str | None
    """None = pixels."""
    dimensions: int
    by_name: bool
    """Whether names of columns say it."""


def _column(asked: PresetColumn, found: Measured, channels: Sequence[Named], layer: str, scale: _Scale) -> tuple[Column, pl.Series]:
    channel = None if asked.channel is None else channels[asked.channel]
    dtype = None if channel is None else channel.channel.image.pixels.dtype
    values = shown(found.columns[asked.measurement, asked.channel], asked.convention, dtype)
    whole = asked.measurement in _COUNTS or (asked.measurement in _VALUES and channel is not None and channel.whole)
    unit = unit_of(asked.measurement, scale.unit, scale.dimensions)
    if asked.convention == "degrees":
        unit = "degrees"
    name = named(asked, scale.unit, unit) if scale.by_name else asked.name
    column = Column(name, unit=unit, measurement=asked.measurement, channel=(channel.name or None) if channel else None, layer=layer)
    in_pixels = scale.unit is None or unit in (None, "px")
    return column_of(column, values, whole=(whole and in_pixels) or asked.convention == "truncated index")
