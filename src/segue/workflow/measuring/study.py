"""Measuring what a study holds: images and label images in, the same study with a table of values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from segue.errors import Incompatible, InvalidOption
from segue.formats.shape_files import area_rows
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.enabling import reason, require
from segue.workflow.measuring.again import stale_columns
from segue.workflow.measuring.channels import channels_of
from segue.workflow.measuring.choice import Choice
from segue.workflow.measuring.layers import Frame, dimensions, of_labels, of_shapes
from segue.workflow.measuring.touching import with_neighbours
from segue.workflow.measuring.units import PixelSize, with_pixel_size
from segue.workflow.measuring.values import CENTRES, with_values

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


HINT = "name its label image or outlines with --labels"


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
    measured, _, notes = measured_with_centres(study, how, workers, where)
    return measured, notes


def measured_with_centres(study: Study, how: Measuring, workers: Workers | None = None, where: str = "") -> tuple[Study, list[pl.DataFrame], Notes]:
    """As ``measured_study``, and where the objects are: per image set (id, x, y, z), pixels, for outputs that state positions."""
    possible = [not reason(_action(how), study, s) for s in study.image_sets]
    if not any(possible):
        require(_action(how), study, where=where, hint=HINT)
    results = [
        _image_set(s, how, workers, s.name or where) if can else _passed_over(study, s, how, nth)
        for nth, (s, can) in enumerate(zip(study.image_sets, possible, strict=True), 1)
    ]
    sets = tuple(s for s, _, _ in results)
    return replace(study, image_sets=sets), [centres for _, centres, _ in results], Notes.joined(notes for _, _, notes in results)


def _action(how: Measuring) -> str:
    return "measure statistics" if how.choice.values else "measure shapes"


def _passed_over(study: Study, s: ImageSet, how: Measuring, nth: int) -> tuple[ImageSet, pl.DataFrame, Notes]:
    """One of several image sets, which cannot be measured; it stays as it is."""
    return s, pl.DataFrame(schema=CENTRES), Notes.of(Note(Kind.SKIPPED, f"not measured: {reason(_action(how), study, s, f'image set {nth}')}"))


def _image_set(s: ImageSet, how: Measuring, workers: Workers | None, where: str) -> tuple[ImageSet, pl.DataFrame, Notes]:
    s = s if how.pixel_size is None else with_pixel_size(s, how.pixel_size)
    require(_action(how), Study(), s, where, HINT if not s.labels else "")
    labels = layers_of(s, how.layer, where)
    channels = channels_of(s, how.channels, where) if how.choice.values else ()
    for image, one in product(labels, s.images):
        check_sizes(image, one, where)
    frame = Frame(channels, how.choice, how.physical, workers, where)
    held = [() if how.physical else stale_columns(s, image, channels) for image in labels]
    found = [of_labels(s, image, frame, more) for image, more in zip(labels, held, strict=True)] or of_shapes(s, frame)
    made, centres = with_values(s, found)
    if how.neighbours:
        made = with_neighbours(made, labels, physical=how.physical, where=where)
    return made, centres, _left_out(labels, how.choice) + _not_areas(s, labels)


def _not_areas(s: ImageSet, labels: Sequence[LabelImage]) -> Notes:
    """Shapes that enclose no pixels, where shapes are measured."""
    count = 0 if labels else len(s.shapes) - len(area_rows(s.shapes))
    return Notes.of(Note(Kind.SKIPPED, "{count shape} without an area, as lines and points are: not measured", count=count)) if count else Notes()


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
    """The label images to measure: all, or the one that was named; none where there are outlines instead.

    Raises
    ------
    InvalidOption
        There is none of that name.
    """
    if not s.labels and len(area_rows(s.shapes)) and layer is None:
        return ()
    found = tuple(image for image in s.labels if layer in (None, image.name))
    if not found:
        known = ", ".join(image.name for image in s.labels)
        raise InvalidOption(f"{where} has no layer {layer!r}; there are: {known}", option="layer", allowed=known)
    return found


def check_sizes(labels: LabelImage, image: Image, where: str) -> None:
    """Raise Incompatible unless an image has the size of the labels; the message names both."""
    sizes = [{name: size_of(one.pixels, one.axes, name) for name in "tzyx"} for one in (labels, image)]
    if sizes[0] == sizes[1]:
        return
    texts = [" x ".join(f"{name} {size}" for name, size in one.items() if name in "yx" or max(two[name] for two in sizes) > 1) for one in sizes]
    raise Incompatible(f"{where}: the label image ({texts[0]}) and the image ({texts[1]}) differ in size; they have to be of the same pixels")
