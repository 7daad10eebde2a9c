"""What the axes of an image are, where its file does not say it, or says it wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from segue.errors import Incompatible, InvalidOption, SegueError
from segue.model.grid import AXES, Axis, Grid
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import ImageSet, Study
from segue.workflow.opening import Opened, Recognised, read

Picture = Image | LabelImage


def read_with_axes(file: Recognised, options: Mapping[str, Any] | None, axes: str | None) -> Opened:
    """Read a file; ``axes`` names the axes of its images (None = as the file says), by the reader if it has such an option and takes them.

    Raises
    ------
    SourceError, UsageError
    """
    if axes is not None and "axes" in type(file.record.options("read")).model_fields:
        try:
            return read(file, {**(options or {}), "axes": axes})
        except SegueError as error:
            with suppress(SegueError):
                return _seen_as(read(file, options), axes)
            raise error from None
    found = read(file, options)
    return found if axes is None else _seen_as(found, axes)


def _seen_as(found: Opened, axes: str) -> Opened:
    return replace(found, study=with_axes(found.study, axes))


def with_axes(study: Study, axes: str) -> Study:
    """The study with its images and label images seen along other axes; pixel sizes stay with the names of their axes.

    Parameters
    ----------
    study
        As it was read.
    axes
        One letter of ``t c z y x`` per dimension of the pixels, with y and x.

    Raises
    ------
    InvalidOption
        These are no axes.
    Incompatible
        The images have more or fewer dimensions.
    """
    if set(axes) - set(AXES) or len(set(axes)) < len(axes) or not {"y", "x"} <= set(axes):
        raise InvalidOption(
            f"{axes!r} are no axes of an image: use the letters t, c, z, y and x, each once, with y and x", option="input-axes", given=axes, allowed="tczyx"
        )
    return study.map(lambda s: _changed(s, axes))


def _changed(s: ImageSet, axes: str) -> ImageSet:
    held: list[Picture] = [*s.images, *s.labels]
    pictures = [_seen(one, axes) for one in held]
    images = tuple(one for one in pictures if isinstance(one, Image))
    labels = tuple(one for one in pictures if isinstance(one, LabelImage))
    return replace(s, images=images, labels=labels, grid=_grid(s.grid, pictures[0]) if pictures else s.grid)


def _seen(one: Picture, axes: str) -> Picture:
    shape = one.pixels.shape
    if len(shape) != len(axes):
        sizes = " x ".join(f"{size:,}" for size in shape)
        letters = "letter" if len(axes) == 1 else "letters"
        raise Incompatible(f"the image {one.name} has {len(shape)} axes ({sizes}), and {axes} has {len(axes)} {letters}; name each of its axes", axes=axes)
    if isinstance(one, LabelImage):
        return replace(one, axes=axes) if "c" not in axes else Image(one.pixels, axes, one.name)
    same = "c" in axes and len(one.channels) == shape[axes.index("c")]
    return replace(one, axes=axes, channels=one.channels if same else ())


def _grid(grid: Grid, picture: Picture) -> Grid:
    named = [name for name in "tzyx" if name in picture.axes]
    return Grid(tuple(replace(grid.axis(name) or Axis(name), size=size_of(picture.pixels, picture.axes, name)) for name in named))
