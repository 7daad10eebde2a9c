"""From a path to a study: detection, reading, companions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from segue.errors import Incompatible, UsageError
from segue.formats.catalog import named
from segue.formats.detect import detect
from segue.formats.format import Format
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.storage import handles
from segue.storage.source import Source
from segue.workflow.image_sets import only, reader_option


@dataclass(frozen=True)
class Opened:
    """A study as its file holds it."""

    study: Study
    notes: Notes
    record: Format
    source: Source


def open_path(path: Path | str, from_: str | None = None, options: Mapping[str, Any] | None = None, image_set: str | int | None = None) -> Opened:
    """Read a file or study folder.

    Parameters
    ----------
    path
        What to read.
    from_
        Name of the format, when content and suffix do not say.
    options
        Options of the reader; names that belong to no option of it are refused.
    image_set
        Name, or number from 1, of the only image set that is wanted.

    Raises
    ------
    SourceError, UsageError
    """
    return read(recognised(path, from_), options, image_set)


@dataclass(frozen=True)
class Recognised:
    """A file and the format that it is of."""

    source: Source
    record: Format
    notes: Notes


def recognised(path: Path | str, from_: str | None = None) -> Recognised:
    """Find out the format of a file, once.

    Raises
    ------
    SourceError, UsageError
    """
    source = Source(Path(path))
    record, notes = (named(from_), Notes()) if from_ else detect(source)
    if not record.reads:
        raise UsageError(f"segue writes {record.title}, but does not read it", format=record.name)
    if source.inside and not record.inside:
        raise UsageError(f"{record.title} files have no paths inside; give {source.path} alone", format=record.name)
    return Recognised(source, record, notes)


def read(file: Recognised, options: Mapping[str, Any] | None = None, image_set: str | int | None = None) -> Opened:
    """Read a file whose format is known, or one of its image sets; leaving a ``with`` block of its study lets go of it.

    Raises
    ------
    SourceError, UsageError
    """
    alone = reader_option(file.record, image_set)
    study, notes = file.record.read(file.source, file.record.options("read", {**(options or {}), **alone}))
    study = replace(study if alone else only(study, image_set, file.source.path.name), close=partial(handles.close, file.source.path))
    return Opened(study, (file.notes + notes).at(file.source.path.name), file.record, file.source)


def with_grid_of(study: Study, image: Opened) -> Study:
    """The study on the pixel grid of an image: its sizes and, where the study states none, its pixel size.

    Raises
    ------
    Incompatible
        The study states another size, or the image is not one field of view.
    """
    if len(image.study.image_sets) != 1:
        raise Incompatible(f"{image.source.path} holds {len(image.study.image_sets)} image sets; an image to go with the data is one")
    grid = image.study.image_sets[0].grid
    return study.map(lambda s: replace(s, grid=_merged(s, grid, image)))


def with_image_of(study: Study, image: Opened) -> Study:
    """The study with the pixels of an image, where it has none: what is drawn will be written on it."""
    images = image.study.image_sets[0].images
    return study.map(lambda s: s if s.images or s.labels else replace(s, images=images))


def _merged(s: ImageSet, grid: Grid, image: Opened) -> Grid:
    names = [name for name in "tzyx" if name in s.grid.names + grid.names]
    stated = {name: s.grid.size(name) for name in names}
    found = {name: grid.size(name) for name in names}
    wrong = [name for name in names if s.grid.axis(name) and stated[name] is not None and stated[name] != found[name]]
    if wrong:
        sizes = ", ".join(f"{name} {stated[name]} and {found[name]}" for name in wrong)
        raise Incompatible(f"{image.source.path.name} is not the image that these data belong to: the sizes differ ({sizes})", path=image.source.path)
    axes = (_scaled(axis, s.grid.axis(axis.name)) for axis in grid.axes)
    return replace(grid, axes=tuple(axes), world=s.grid.world or grid.world)


def _scaled(axis: Axis, own: Axis | None) -> Axis:
    """An axis of the image with the pixel size that the data state, where the image states none."""
    return replace(axis, scale=own.scale, unit=own.unit) if axis.scale is None and own is not None else axis
