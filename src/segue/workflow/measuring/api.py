"""``segue.measure``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, Pixels
from segue.model.study import ImageSet, Study
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.inputs import opened, with_segments
from segue.workflow.measuring.study import Measuring, measured_study
from segue.workflow.measuring.units import pixel_size_of
from segue.workflow.measuring.values import TABLE
from segue.workflow.opening import Opened

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

Array = np.ndarray[Any, Any]


def measure(
    image: Array | Pixels | Image | Study | Path | str,
    labels: Array | Pixels | LabelImage | Path | str | None = None,
    statistics: Sequence[str] = (),
    *,
    preset: str | None = None,
    channels: Sequence[str] = (),
    layer: str | None = None,
    pixel_size: str | None = None,
    physical: bool = False,
    workers: Workers | None = None,
    **options: Any,
) -> pl.DataFrame:
    """Measure the segments of a label image.

    Parameters
    ----------
    image
        Values: an array (y, x), (c, y, x), or (c, z, y, x) for labels of three axes; pixels read region by region with the same axes;
        a file; or a study, which holds the labels, too.
    labels
        Segments: an array (y, x) or (z, y, x) of integers, 0 is background; or a file with a label image or outlines.
    statistics
        Names of the catalogue, ``percentile N``, and groups such as ``shape`` (``segue measure --list`` shows all). Empty = area and values.
    preset
        The columns of another program, under its names: ``imagej``, ``mantis``, ...
    channels
        Names of the channels.
    layer
        Of several label images the one to measure.
    pixel_size
        As ``0.5um``, or ``2x0.5x0.5um`` for z, y and x: sizes are then in that unit, and the columns say so: ``area um^2``.
    physical
        Sizes in the unit of the pixel size that the file or study states.
    workers
        Who does the work (``segue.tasks.workers``); None = threads.
    **options
        Options of the readers (``segue formats NAME``).

    Returns
    -------
    A row per segment, ascending by time and label: the columns ``label`` (``image``, ``layer`` and ``t`` where there are several) and one
    per measurement and channel, named ``{channel} {measurement}``. Places and sizes are in pixels unless units are asked for; the centre of the first
        pixel is at 0.5, 0.5.

    Raises
    ------
    segue.SegueError
        Sizes differ, a measurement does not exist, a file cannot be read.
    """
    size = None if pixel_size is None else pixel_size_of(pixel_size)
    how = Measuring(choice_of(statistics, preset), layer, tuple(channels), size, physical or size is not None)
    study = _study(image, labels, options)
    with study:
        measured, _ = measured_study(study, how, workers, str(image) if isinstance(image, Path | str) else "the image")
    frames = [_frame(s) for s in measured.image_sets]
    if len(frames) > 1:
        frames = [frame.insert_column(0, pl.lit(s.name).alias("image")) for frame, s in zip(frames, measured.image_sets, strict=True)]
    return pl.concat(frames, how="diagonal_relaxed")


def _frame(s: ImageSet) -> pl.DataFrame:
    table = s.tables[TABLE]
    facts = s.objects.frame.select("layer", "t", "label")[table.frame["row"]]
    keys = [facts[name] for name in ("layer", "t") if facts[name].n_unique() > 1]
    return pl.DataFrame([*keys, facts["label"], *(table.frame.get_column(one.name) for one in table.columns)])


def _study(image: Any, labels: Any, options: dict[str, Any]) -> Study:
    """Image and labels as one study."""
    if isinstance(image, Study):
        if labels is not None:
            raise Incompatible("a study holds its label images; measure(study) needs no labels")
        return image
    if isinstance(image, Path | str) and (labels is None or isinstance(labels, Path | str)):
        other = None if labels is None else opened(Path(labels), options)
        return with_segments(opened(Path(image), options), other, options)[0]
    if labels is None:
        raise Incompatible("say which pixels are which segment: measure(image, labels)")
    segments = _labels(labels, options)
    images = _images(image, segments, options)
    return Study((ImageSet("", grid_of(segments.axes, tuple(segments.pixels.shape)), images=images, labels=(segments,)),))


def _labels(given: Any, options: dict[str, Any]) -> LabelImage:
    if isinstance(given, LabelImage):
        return given
    if isinstance(given, Path | str):
        file: Opened = opened(Path(given), options)
        (s,) = with_segments(file, file, options)[0].image_sets
        if not s.labels:
            raise Incompatible(f"{given} holds no label image; give files for both, or arrays")
        return s.labels[0]
    pixels = given if isinstance(given, Pixels) else ArrayPixels(np.asarray(given))
    if len(pixels.shape) not in (2, 3) or pixels.dtype.kind not in "uib":
        raise Incompatible(f"labels are integers of the axes (y, x) or (z, y, x), not {pixels.dtype} of {tuple(pixels.shape)}")
    return LabelImage(pixels, "zyx"[-len(pixels.shape) :])


def _images(given: Any, labels: LabelImage, options: dict[str, Any]) -> tuple[Image, ...]:
    if isinstance(given, Image):
        return (given,)
    if isinstance(given, Path | str):
        return opened(Path(given), options).study.image_sets[0].images
    pixels = given if isinstance(given, Pixels) else ArrayPixels(np.asarray(given))
    size = tuple(labels.pixels.shape)
    if tuple(pixels.shape) != size and tuple(pixels.shape[1:]) != size:
        raise Incompatible(f"the image of {tuple(pixels.shape)} does not fit labels of {size}: it has their size, or that behind an axis of channels")
    return (Image(pixels, labels.axes if len(pixels.shape) == len(size) else "c" + labels.axes),)
