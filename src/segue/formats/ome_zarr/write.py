"""Writing OME-Zarr: the image and each label image, in several resolutions, block by block."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from segue.codecs import ngff
from segue.codecs.blocks import count, write_blocks
from segue.codecs.pixel_facts import KEY, Facts
from segue.codecs.zarr_write import write_group
from segue.errors import Incompatible
from segue.formats.ome_zarr.arrays import Step, begun, resolutions
from segue.formats.ome_zarr.options import WriteOptions
from segue.formats.ome_zarr.scales import Scale
from segue.formats.options import Options
from segue.formats.zarr_files import channels, group_names, steps, stored_axes
from segue.model.image import Image, LabelImage, Region
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink
from segue.tasks.workers import Threads

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter

Picture = Image | LabelImage


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    with _written(study.image_sets[0], sink, cast("WriteOptions", options), is_labels=False) as writer:
        pixels = writer.steps[0][1]
        for _ in write_blocks(writer, pixels, Threads(1) if count(writer) < 2 else Threads()):
            pass


@contextmanager
def blocks(s: ImageSet, sink: Sink, options: Options) -> Iterator[BlockWriter]:
    """An image that is written block by block, then its coarser resolutions, then the label images of the image set with theirs.

    With ``role=labels`` the image is a label image: nearest neighbours in coarser resolutions, and metadata that say so.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    with _written(s, sink, chosen, is_labels=chosen.role == "labels") as writer:
        yield writer


@contextmanager
def _written(s: ImageSet, sink: Sink, options: WriteOptions, *, is_labels: bool) -> Iterator[_Steps]:
    """The arrays first; the metadata of the groups, which make an image of them, when all pixels are there."""
    with sink.folder() as folder:
        group = _Group(folder, s, options, is_labels=is_labels)
        yield _Steps(tuple(group.begin()))
        group.end()


@dataclass(frozen=True)
class _Steps:
    """The arrays of a group, as one container that is written block by block."""

    steps: tuple[Step, ...]

    @property
    def blocks(self) -> Sequence[Region]:
        return self.steps[0][0].blocks

    @property
    def pack(self) -> Callable[[Any], Any]:
        return self.steps[0][0].pack

    def put(self, nth: int, packed: Any) -> None:
        self.steps[0][0].put(nth, packed)

    def then(self) -> Sequence[Step]:
        return self.steps[1:]


class _Group:
    """The groups of an image set and their metadata."""

    def __init__(self, root: Path, s: ImageSet, options: WriteOptions, *, is_labels: bool) -> None:
        self.root, self.s, self.options, self.is_labels = root, s, options, is_labels
        pictures: list[Picture] = [*s.images[:1], *s.labels]
        if not pictures:
            raise Incompatible("there is no image or label image to write; give one, or choose a format that does without")
        self.scales = resolutions(s, pictures[0], options)
        self.places = [root / "labels" / name for name in group_names([one.name for one in s.labels])]

    def begin(self) -> Iterator[Step]:
        for image in self.s.images[:1]:
            yield from begun(self.root, image, self.scales, self.options, "nearest" if self.is_labels else "mean")
        for place, labels in zip(self.places, self.s.labels, strict=True):
            place.mkdir(parents=True)
            yield from begun(place, labels, self.scales, self.options, "nearest")

    def end(self) -> None:
        s = self.s
        for place, one in zip(self.places, s.labels, strict=True):
            self._put(place, self._of_labels(one, has_image=bool(s.images)), _facts(s, one))
        if s.labels:
            self._put(self.root / "labels", ngff.labels_attributes([place.name for place in self.places]))
        image = next(iter(s.images), None)
        if image is None:
            self._put(self.root, ngff.bare_attributes(), _display(s))
        else:
            about = self._of_labels(image, has_image=False) if self.is_labels else self._of_image(image)
            self._put(self.root, about, _facts(s, image, is_labels=self.is_labels) | _display(s))

    def _of_image(self, image: Image) -> dict[str, Any]:
        shown = channels(image, self.s.display)
        return ngff.image_attributes(image.name, stored_axes(image.axes), steps(self.s.grid), shown, image.pixels.dtype.name, factors=_factors(self.scales))

    def _of_labels(self, one: Picture, *, has_image: bool) -> dict[str, Any]:
        colours = colours_of(self.s, one.name)
        return ngff.label_attributes(one.name, stored_axes(one.axes), steps(self.s.grid), has_image=has_image, factors=_factors(self.scales), colours=colours)

    def _put(self, folder: Path, attributes: dict[str, Any], own: dict[str, Any] | None = None) -> None:
        is_new = self.options.version == ngff.VERSION
        attributes = attributes if is_new else ngff.as_version_04(attributes)
        write_group(folder, attributes | ({KEY: own} if own else {}), version=3 if is_new else 2)


def colours_of(s: ImageSet, layer: str) -> dict[int, int]:
    """Label -> 0xRRGGBBAA of the objects of a label image that have a colour."""
    frame = s.objects.frame
    shown = frame.filter((frame["layer"] == layer) & frame["label"].is_not_null() & frame["colour"].is_not_null())
    return dict(zip(shown["label"].to_list(), shown["colour"].to_list(), strict=True))


def _factors(found: Sequence[Scale]) -> list[dict[str, int]]:
    return [dict(one.factors) for one in found]


def _facts(s: ImageSet, picture: Picture, *, is_labels: bool = False) -> dict[str, Any]:
    """What OME-Zarr has no field for, and what its fields do not say exactly."""
    is_image = isinstance(picture, Image) and not is_labels
    facts = Facts(
        image_set=s.name,
        name=picture.name,
        role="image" if is_image else "labels",
        channels=picture.channels if isinstance(picture, Image) else (),
        scale={axis.name: (axis.scale, axis.unit) for axis in s.grid.axes if (axis.scale, axis.unit) != (None, None)},
        translation={axis.name: axis.translation for axis in s.grid.axes if axis.translation},
        data_range=picture.data_range if isinstance(picture, Image) else None,
        inverted=isinstance(picture, Image) and picture.inverted,
        restarts=isinstance(picture, LabelImage) and not picture.persists,
    )
    found: dict[str, Any] = json.loads(facts.to_json())
    return found


def _display(s: ImageSet) -> dict[str, Any]:
    return {"display": msgspec.to_builtins(s.display)} if s.display is not None else {}
