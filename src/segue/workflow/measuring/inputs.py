"""What is measured: the image and the segments of an item, from one file or two, brought onto one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segue.errors import Incompatible
from segue.formats.shape_files import area_rows
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.convert import chosen
from segue.workflow.enabling import require
from segue.workflow.opening import Opened, read, recognised
from segue.workflow.roles import as_labels


def opened(path: Path, options: Mapping[str, Any], from_: str | None = None, image_set: str | int | None = None) -> Opened:
    """A file, or one of its image sets, with those of the options that its reader has."""
    file = recognised(path, from_)
    return read(file, chosen(options, file.record, "read"), image_set)


def with_segments(image: Opened, labels: Opened | None, options: Mapping[str, Any]) -> tuple[Study, Notes]:
    """Images and segments as one study.

    Parameters
    ----------
    image
        What was read from the image.
    labels
        What was read from the label image, ROI set or study with the segments; None = the image's file holds them, too.
    options
        ``components`` and ``channel`` say how an image is taken as a label image, ``role=labels`` that it is one whatever it looks like.

    Returns
    -------
    The image sets of the label file with the images of the other one, on the grid of that; notes of both files, and what was assumed.

    Raises
    ------
    Incompatible
        The two are not of the same image sets, or of different sizes.
    UnsupportedVariant
        The labels do not look like labels.
    """
    if labels is None:
        return image.study, image.notes
    notes = [image.notes, labels.notes]
    sets = []
    for s, images in _pairs(labels, image):
        segments, more = _with_labels(s, options, labels.source.path.name)
        sets.append(
            replace(
                segments,
                images=images.images,
                grid=_grid(segments, images, labels, image),
                name=segments.name or images.name,
                display=segments.display or images.display,
            )
        )
        notes.append(more)
    close = _both(labels.study, image.study)
    return replace(labels.study, image_sets=tuple(sets), displays=labels.study.displays or image.study.displays, close=close), Notes.joined(notes)


def _both(one: Study, other: Study) -> Any:
    def close() -> None:
        for study in (one, other):
            if study.close is not None:
                study.close()

    return close


def _pairs(labels: Opened, image: Opened) -> list[tuple[ImageSet, ImageSet]]:
    """The image sets of the two files that belong together: the only ones, or those of the same name."""
    ours, theirs = labels.study.image_sets, image.study.image_sets
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    named = {s.name: s for s in theirs if s.name}
    if len(named) == len(theirs) and {s.name for s in ours} == set(named):
        return [(s, named[s.name]) for s in ours]
    sentence = f"{labels.source.path.name} holds {_count(ours)} and {image.source.path.name} {_count(theirs)}, and their names do not say which belong together"
    raise Incompatible(sentence, path=labels.source.path)


def _count(sets: tuple[ImageSet, ...]) -> str:
    return f"{len(sets)} image set{'s' * (len(sets) != 1)}"


def _with_labels(s: ImageSet, options: Mapping[str, Any], where: str) -> tuple[ImageSet, Notes]:
    """The image set with an integer image taken for the label image that it has to be."""
    if s.labels or len(area_rows(s.shapes)):
        return replace(s, images=()), Notes()
    if not s.images:
        require("measure shapes", Study(), s, where)
    image, notes = as_labels(
        s.images[0], components=options.get("components"), where=where, force=options.get("role") == "labels", channel=options.get("channel")
    )
    return replace(s, images=(), labels=(image,)), notes


def _grid(s: ImageSet, images: ImageSet, labels: Opened, image: Opened) -> Grid:
    """The grid of the image, with the pixel size of the labels where it has none."""
    ours, theirs = s.grid, images.grid
    names = [name for name in "tzyx" if name in ours.names + theirs.names]
    sizes = [(name, ours.size(name), theirs.size(name)) for name in names]
    if any(None not in (one, other) and one != other for _, one, other in sizes):
        texts = [" x ".join(f"{name} {size[nth]}" for name, *size in sizes if name in "yx" or size[0] != size[1]) for nth in (0, 1)]
        same = labels.source.path.name == image.source.path.name
        mine, other = (one.source.path if same else one.source.path.name for one in (labels, image))
        raise Incompatible(
            f"{mine} ({texts[0]} pixels) does not fit {other} ({texts[1]} pixels): segments and image have to be of the same pixels",
            path=labels.source.path,
        )
    return replace(theirs, axes=tuple(_scaled(axis, ours.axis(axis.name)) for axis in theirs.axes), world=ours.world or theirs.world)


def _scaled(axis: Axis, own: Axis | None) -> Axis:
    return replace(axis, scale=own.scale, unit=own.unit) if axis.scale is None and own is not None else axis
