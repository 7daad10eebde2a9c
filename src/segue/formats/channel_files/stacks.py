"""The channels of an image as one image, and the label images beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from segue.codecs.channel_stack import ChannelPart, ChannelStack
from segue.codecs.pixel_facts import Facts
from segue.errors import Incompatible
from segue.formats.channel_files.pictures import Picture
from segue.formats.pixel_files import study_of
from segue.model.grid import Grid
from segue.model.image import LabelImage
from segue.model.study import ImageSet


def check_sizes(pictures: Sequence[Picture], hint: str) -> None:
    """All channels have the size that most of them have; an axis of one plane fits any.

    Parameters
    ----------
    pictures
        The channels.
    hint
        What leaves a file out, for the message; ``{}`` stands for its name.

    Raises
    ------
    Incompatible
    """
    for axes in ("yx", "z", "t"):
        counts = Counter(tuple(one.size(axis) for axis in axes) for one in pictures)
        usual = max(counts, key=lambda size: (counts[size], size))
        for one in pictures:
            size = tuple(one.size(axis) for axis in axes)
            if size != usual and (axes == "yx" or size != (1,)):
                what = {"yx": "pixels", "z": "planes along z", "t": "time points"}[axes]
                texts = [" x ".join(f"{number:,}" for number in reversed(found)) for found in (size, usual)]
                name = one.source.path.name
                raise Incompatible(
                    f"{name} has {texts[0]} {what}, and the other channels have {texts[1]}; the channels of an image are of one size{_hint(hint, name)}",
                    path=one.source.path,
                )


def stacked(pictures: Sequence[Picture], names: Sequence[str], order: Sequence[int] | None = None) -> ImageSet:
    """One image of all channels, in the order of their names as Mantis Viewer has them; pixel size and origin as the first file that states them.

    Parameters
    ----------
    pictures
        Of equal sizes (`check_sizes`).
    names
        Of their channels, one behind the other.
    order
        Of the channels; None = by name.
    """
    parts = [ChannelPart(one.pixels, one.axes, index) for one in pictures for index in range(one.size("c"))]
    order = sorted(range(len(parts)), key=lambda nth: names[nth]) if order is None else order
    stack = ChannelStack.of(tuple(parts[nth] for nth in order))
    stated = next((one.facts for one in pictures if one.facts.scale), Facts())
    places = next((one.facts for one in pictures if one.facts.translation), Facts())
    facts = Facts(channels=tuple(names[nth] for nth in order), scale=stated.scale, translation=places.translation)
    inverted = all(one.facts.inverted for one in pictures)
    return study_of(stack, stack.axes, replace(facts, inverted=inverted), role="image").image_sets[0]


def labels_of(picture: Picture, name: str, grid: Grid | None, hint: str) -> tuple[LabelImage, Grid]:
    """The label image in a file, and its grid.

    Parameters
    ----------
    picture
        What the file holds.
    name
        The layer.
    grid
        Of the channels; None = there are none.
    hint
        As for `check_sizes`.

    Raises
    ------
    Incompatible
        It holds no labels, or is of another size than the channels.
    """
    path = picture.source.path
    try:
        found = study_of(picture.pixels, picture.axes, Facts(name=name), role="labels").image_sets[0]
    except Incompatible as error:
        raise Incompatible(f"{path.name}: {error.message}{_hint(hint, path.name)}", path=path) from error
    if grid is not None and not _fits(found.grid, grid):
        sizes = [" x ".join(f"{one.size(axis):,}" for axis in "xy") for one in (found.grid, grid)]
        raise Incompatible(
            f"{path.name} has {sizes[0]} pixels, and the channels have {sizes[1]}: it is not the segmentation of this image{_hint(hint, path.name)}",
            path=path,
        )
    return found.labels[0], found.grid


def _hint(hint: str, name: str) -> str:
    return f" ({hint.format(name)})" if hint else ""


def _fits(one: Grid, other: Grid) -> bool:
    """An axis of one plane fits any; but then nothing says to which plane it belongs, so labels of a stack have its planes."""
    return all(one.size(axis) == other.size(axis) for axis in "tzyx")
