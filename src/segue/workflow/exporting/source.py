"""What is exported of a file: one image or label image, described without its pixels being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segue.errors import Incompatible, InvalidOption, UnsupportedVariant
from segue.model.image import Image, LabelImage
from segue.model.study import ImageSet, Study
from segue.workflow.enabling import require
from segue.workflow.exporting.choice import Exporting
from segue.workflow.image_sets import number_of
from segue.workflow.input_axes import read_with_axes
from segue.workflow.measuring.outputs import fields_of
from segue.workflow.opening import Opened, recognised
from segue.workflow.stacking import open_stack

Picture = Image | LabelImage


@dataclass(frozen=True)
class Chosen:
    """The picture of an item."""

    image_set: ImageSet
    picture: Picture
    labels: bool
    """Whether its numbers are segments."""

    @property
    def axes(self) -> str:
        return self.picture.axes

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.picture.pixels.shape)

    @property
    def channels(self) -> tuple[str, ...]:
        return self.picture.channels if isinstance(self.picture, Image) else ()

    @property
    def data_range(self) -> tuple[float, float] | None:
        return self.picture.data_range if isinstance(self.picture, Image) else None

    def to_json(self) -> dict[str, Any]:
        """The description as plain data."""
        pixels, grid = self.picture.pixels, self.image_set.grid
        known = {name: axis for name in self.axes if (axis := grid.axis(name)) is not None}
        return {
            "name": self.picture.name,
            "kind": "labels" if self.labels else "image",
            "shape": list(self.shape),
            "axes": self.axes,
            "dtype": pixels.dtype.name,
            "chunks": list(getattr(pixels, "chunks", ()) or ()) or None,
            "channels": list(self.channels),
            "range": None if self.data_range is None else list(self.data_range),
            "pixel_size": {name: axis.scale for name, axis in known.items() if axis.scale is not None},
            "units": {name: axis.unit for name, axis in known.items() if axis.unit is not None},
        }


def opened(files: Sequence[Path], how: Exporting) -> Opened:
    """Open a file, or the files of a stack, with those of the options that the reader has, and the axes that the user names.

    Raises
    ------
    SourceError, UsageError
    """

    file = recognised(files[0], how.from_)
    fields = fields_of(file.record, "read")
    options = {name: value for name, value in how.options.items() if name in fields}
    if how.stack_along is not None:
        return open_stack(files, how.stack_along, how.from_, options, how.input_axes)
    return read_with_axes(file, options, how.input_axes)


def parts_of(sets: Sequence[ImageSet], wanted: str | int | None, where: str) -> list[int]:
    """Which image sets of a study are exported: numbers from 0.

    Raises
    ------
    InvalidOption
        There is none of this name or number.
    Incompatible
        There is none at all.
    """
    if wanted is None:
        found = [number for number, s in enumerate(sets) if s.images or s.labels]
        if not found:
            require("export pixels", Study(tuple(ImageSet(s.name) for s in sets)), where=where)
        return found
    return [number_of(sets, wanted, where)]


def chosen(s: ImageSet, how: Exporting, where: str) -> Chosen:
    """The image or label image that is exported.

    Raises
    ------
    InvalidOption
        None has the name, or there are several and none was named.
    Incompatible, UnsupportedVariant
        There is none; it is not of real numbers; it cannot be labels.
    """
    picture = _named(s, how.source, where) if how.source is not None else _only(s, where)
    dtype = picture.pixels.dtype
    if dtype.kind not in "buif":
        raise UnsupportedVariant(f"{where} holds pixels of type {dtype}, which cannot be exported", where=where)
    labels = isinstance(picture, LabelImage)
    if how.options.get("role") == "labels" and not labels:
        if dtype.kind not in "bui" or _channels(picture) > 1:
            raise Incompatible(f"{where}: {picture.name} cannot be labels: it is of type {dtype}, with {_channels(picture)} channels", where=where)
        labels = True
    return Chosen(s, picture, labels)


def _channels(picture: Picture) -> int:
    return dict(zip(picture.axes, picture.pixels.shape, strict=True)).get("c", 1)


def _named(s: ImageSet, name: str, where: str) -> Picture:
    everything: list[Picture] = [*s.images, *s.labels]
    found = [one for one in everything if one.name == name] or [one for one in everything if one.name.casefold() == name.strip().casefold()]
    if not found:
        raise InvalidOption(f"{where} has no image {name!r}; there are {_names(everything)}", option="source", given=name, allowed=_names(everything))
    return found[0]


def _only(s: ImageSet, where: str) -> Picture:
    several: Sequence[Picture] = s.images or s.labels
    if not several:
        require("export pixels", Study(), s, where)
    if len(several) > 1:
        raise InvalidOption(f"{where} holds several images ({_names(several)}); choose one with --source", option="source", allowed=_names(several))
    return several[0]


def _names(pictures: Sequence[Picture]) -> str:
    return ", ".join(repr(one.name) for one in pictures) or "none"
