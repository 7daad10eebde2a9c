"""Which image of a dataset is of which stage position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from segue.codecs.pixel_stack import PixelStack
from segue.codecs.pixel_views import Added
from segue.errors import Incompatible
from segue.formats.channel_files.files import is_series
from segue.formats.channel_files.names import channel_names
from segue.formats.channel_files.pictures import Picture
from segue.formats.channel_files.stacks import check_sizes, stacked
from segue.formats.nimbus_files.positions import AXIS, positions
from segue.formats.nimbus_project.layout import Dataset
from segue.formats.nimbus_project.opened import Opened
from segue.formats.nimbus_project.options import Meaning
from segue.formats.pixel_files import study_of
from segue.model.grid import Axis, Grid
from segue.model.image import Image, size_of
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes

_ALONG: dict[Meaning, str] = {"times": "t", "slices": "z"}
_SAID: dict[Meaning, str] = {"positions": "stage positions", "channels": "channels", "times": "time points", "slices": "z slices"}
_INSTEAD = "--set images=positions, channels, times or slices says otherwise"


@dataclass(frozen=True)
class Placed:
    """An image with its grid, and the stage position that it is of."""

    xy: int
    image_set: ImageSet
    """Holds one image."""


def placed(pictures: Opened, dataset: Dataset, meaning: Meaning, known: Sequence[int]) -> tuple[list[Placed], Notes]:
    """Where each image belongs.

    Parameters
    ----------
    pictures
        Of one dataset, in order.
    dataset
        For messages.
    meaning
        What several of them are.
    known
        The stage positions that annotations are on.

    Raises
    ------
    Incompatible
        They are said to be parts of one image, and have different sizes.
    """
    found = [Placed(file.xy, _image_set(one)) for file, one in pictures if file.xy is not None]
    rest = [(file, one) for file, one in pictures if file.xy is None]
    if not rest:
        return found, Notes()
    meant = _meant(rest, known) if meaning == "auto" else meaning
    only = [_called(one, file.stem) if meant == "channels" else one for file, one in rest]
    if len(only) == 1:
        return [*found, Placed(known[0] if len(known) == 1 else 0, _image_set(only[0]))], Notes()
    note = Note(Kind.ASSUMED, f"the {len(only)} images of {dataset.name} are its {_SAID[meant]}, in the order of their names; {_INSTEAD}", where=dataset.name)
    notes = Notes.of(note) if meaning == "auto" else Notes()
    if meant == "positions":
        return found + [Placed(xy, _image_set(one)) for xy, one in enumerate(only)], notes
    return [*found, Placed(known[0] if len(known) == 1 else 0, _joined(only, meant))], notes


def _meant(pictures: Opened, known: Sequence[int]) -> Meaning:
    """What several images are: channels, if their files are called as channels are and they could be."""
    one_each = len({file.name for file, _ in pictures}) == len(pictures)
    grey = all(one.size("c") == 1 for _, one in pictures)
    alike = len({tuple(one.sizes.values()) for _, one in pictures}) == 1
    if one_each and grey and alike and not is_series(file.stem for file, _ in pictures) and max(known, default=0) == 0:
        return "channels"
    return "positions"


def _called(one: Picture, stem: str) -> Picture:
    """A picture of one channel that does not name it, called as its file was before it was published."""
    return replace(one, names=(stem,)) if one.size("c") == 1 and not one.names else one


def _image_set(one: Picture) -> ImageSet:
    names = one.names if len(one.names) == one.size("c") else ()
    return study_of(one.pixels, one.axes, replace(one.facts, channels=names or one.facts.channels), role="image").image_sets[0]


def _joined(pictures: Sequence[Picture], meant: Meaning) -> ImageSet:
    """Several files as one image."""
    if meant == "channels":
        check_sizes(pictures, "")
        return stacked(pictures, channel_names(list(pictures)), range(sum(one.size("c") for one in pictures)))
    axis = _ALONG[meant]
    check_sizes(pictures, "")
    parts = [_with_axis(one, axis) for one in pictures]
    first, axes = pictures[0], parts[0][1]
    for one, part in zip(pictures, parts, strict=True):
        if _form(*part, axis) != _form(*parts[0], axis):
            what = f"{one.source.path.name} has other channels, planes or another number type than {first.source.path.name}"
            raise Incompatible(f"{what}; {_SAID[meant]} of one image are alike, so choose images=positions", path=one.source.path)
    pixels = PixelStack(tuple(pixels for pixels, _ in parts), axes.index(axis))
    return study_of(pixels, axes, first.facts, role="image").image_sets[0]


def _form(pixels: Any, axes: str, along: str) -> tuple[object, ...]:
    """What the parts of an image have in common."""
    sizes = tuple(size for name, size in zip(axes, pixels.shape, strict=True) if name != along)
    return axes, sizes, pixels.dtype.name


def _with_axis(one: Picture, axis: str) -> tuple[Any, str]:
    return (one.pixels, one.axes) if axis in one.axes else (Added(one.pixels), axis + one.axes)


def with_images(study: Study, found: Sequence[Placed], dataset: Dataset, names: Sequence[str], *, ours: bool) -> tuple[Study, Notes]:
    """The study of a dataset with its images; stage positions without annotations become image sets, too.

    Parameters
    ----------
    study
        What the annotations say.
    found
        The images.
    dataset
        For new image sets.
    names
        Of the channels, as the configuration states them; for images that do not name theirs.
    ours
        Whether segue wrote the annotations: then they describe the image sets, and nothing is added to that.
    """
    sets = dict(zip(positions(study.image_sets), study.image_sets, strict=True))
    alone = len({*sets, *(one.xy for one in found)}) == 1
    notes: list[Note] = []
    for one in found:
        s = sets.get(one.xy) or _new(one.xy, dataset, alone=alone)
        images = one.image_set.images
        if not ours:
            images = tuple(_named(image, names) for image in images)
        grid, wrong = _grid(s.grid, one.image_set, ours=ours)
        if wrong:
            what = f"the image of {dataset.name} is of another size than its annotations say ({wrong}); its own size counts"
            notes.append(Note(Kind.REPAIRED, what, where=dataset.name))
        sets[one.xy] = replace(s, images=(*s.images, *images), grid=grid)
    if not ours and len(sets) > 1:
        sets = {xy: s if s.position else replace(s, position=((AXIS, xy),), group=dataset.id or None) for xy, s in sets.items()}
    return replace(study, image_sets=tuple(sets.values())), Notes.of(*notes)


def _new(xy: int, dataset: Dataset, *, alone: bool) -> ImageSet:
    return ImageSet("") if alone else ImageSet("", group=dataset.id or None, position=((AXIS, xy),))


def _named(image: Image, names: Sequence[str]) -> Image:
    count = size_of(image.pixels, image.axes, "c")
    return replace(image, channels=tuple(names)) if not image.channels and len(names) == count else image


def _grid(known: Grid, one: ImageSet, *, ours: bool) -> tuple[Grid, str]:
    """The grid of an image set with its image, and where the two contradict each other.

    What annotations and configuration say of pixel sizes counts before what the image says.
    """
    image = one.images[0]
    wrong = [axis.name for axis in known.axes if axis.size is not None and axis.name in image.axes and axis.size != one.grid.size(axis.name)]
    said = ", ".join(f"{name} {one.grid.size(name)} instead of {known.size(name)}" for name in wrong)
    if ours and not wrong:
        return known, ""
    found = {axis.name: axis for axis in known.axes} | {axis.name: _merged(axis, known.axis(axis.name)) for axis in one.grid.axes}
    return replace(known, axes=tuple(found[name] for name in "tzyx" if name in found)), said


def _merged(axis: Axis, known: Axis | None) -> Axis:
    """An axis of an image, with the size of a pixel and the origin that are known already."""
    if known is None:
        return axis
    scale, unit = (known.scale, known.unit) if known.scale is not None else (axis.scale, axis.unit)
    return replace(axis, scale=scale, unit=unit, translation=known.translation or axis.translation)
