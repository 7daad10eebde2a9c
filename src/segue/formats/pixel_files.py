"""What formats that hold one picture (an image or a label image) have in common: which picture, and how a study and the facts in a file meet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from segue.codecs.pixel_facts import Facts
from segue.codecs.pixel_views import OnePlace
from segue.codecs.pixels import Converted
from segue.errors import Incompatible, InvalidOption
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.image import Image, LabelImage, Pixels, size_of
from segue.model.keep import keep
from segue.model.study import ImageSet, Study

Picture = Image | LabelImage


def picture_of(study: Study | ImageSet, role: str = "auto", layer: str | None = None) -> Picture:
    """The one picture that a file will hold: of an image set, or the first one of a study; labels before images, the first before others.

    Raises
    ------
    Incompatible
        There is none.
    InvalidOption
        None has the name ``layer``.
    """
    s = _set_of(study)
    found: list[Picture] = [*(s.labels if role != "image" else ()), *(s.images if role != "labels" else ())]
    if not found:
        what = {"labels": "label image", "image": "image"}.get(role, "image or label image")
        raise Incompatible(f"there is no {what} to write; give one, or choose a format that does without")
    if layer is None:
        return found[0]
    named = [picture for picture in found if picture.name == layer]
    if not named:
        names = ", ".join(repr(picture.name) for picture in found)
        raise InvalidOption(f"no picture is called {layer!r}; there are {names}", option="layer", given=layer, allowed=names)
    return named[0]


def fitted(study: Study, picture: Picture, features: Collection[Feature]) -> Study:
    """The study with nothing but this picture and what ``features`` name of the rest.

    ``picture`` may have been converted; its sizes are the sizes of the grid.
    """
    s = study.image_sets[0]
    images = (picture,) if isinstance(picture, Image) else ()
    labels = (picture,) if isinstance(picture, LabelImage) else ()
    s = replace(s, images=images, labels=labels, grid=_grid(s.grid, picture))
    kept = keep(replace(study, image_sets=(s,)), features)
    return kept.map(lambda one: replace(one, group=None, position=()))


def facts_of(study: Study | ImageSet) -> Facts:
    """What a file should say about the only picture of a fitted study, or image set."""
    s = _set_of(study)
    picture = picture_of(s)
    axes = {axis.name: axis for axis in s.grid.axes}
    is_image = isinstance(picture, Image)
    return Facts(
        image_set=s.name,
        name=picture.name,
        role="image" if is_image else "labels",
        channels=picture.channels if isinstance(picture, Image) else (),
        scale={name: (axis.scale, axis.unit) for name, axis in axes.items() if (axis.scale, axis.unit) != (None, None)},
        translation={name: axis.translation for name, axis in axes.items() if axis.translation},
        data_range=picture.data_range if isinstance(picture, Image) else None,
        inverted=isinstance(picture, Image) and picture.inverted,
        restarts=isinstance(picture, LabelImage) and not picture.persists,
    )


def _set_of(study: Study | ImageSet) -> ImageSet:
    if isinstance(study, ImageSet):
        return study
    return study.image_sets[0] if study.image_sets else ImageSet("")


def said_to_be(facts: Facts, role: str) -> Facts:
    """The facts of pixels that are exported as an image, where the option ``role`` may say that they are labels."""
    return replace(facts, role="labels", channels=(), data_range=None, inverted=False) if role == "labels" else facts


def study_of(pixels: Pixels, axes: str, facts: Facts, *, role: str) -> Study:
    """The study that a file with one picture is.

    Parameters
    ----------
    pixels, axes
        The pixels, and what their dimensions are.
    facts
        What the file says besides.
    role
        ``labels`` or ``image``, or ``auto``: what the file says, else an image.

    Raises
    ------
    Incompatible
        It cannot be a label image.
    """
    wanted = facts.role or "image" if role == "auto" else role
    image_set = ImageSet(facts.image_set or "", grid=_grid_of(pixels, axes, facts))
    if wanted == "labels":
        pixels, axes = _as_labels(pixels, axes)
        return Study((replace(image_set, labels=(LabelImage(pixels, axes, _name(facts, "labels"), not facts.restarts),)),))
    channels = facts.channels if len(facts.channels) == size_of(pixels, axes, "c") else ()
    image = Image(pixels, axes, _name(facts, "image"), channels, facts.data_range, facts.inverted)
    return Study((replace(image_set, images=(image,)),))


def _name(facts: Facts, usual: str) -> str:
    """The name that the file tells; a file of segue tells its role, and then an empty name is meant."""
    return facts.name if facts.name or facts.role else usual


def _as_labels(pixels: Pixels, axes: str) -> tuple[Pixels, str]:
    if size_of(pixels, axes, "c") > 1:
        raise Incompatible(f"an image with {size_of(pixels, axes, 'c')} channels is not a label image; choose role=image, or a file with one channel")
    if pixels.dtype.kind == "f":
        pixels = Converted(pixels, np.dtype(np.uint64 if pixels.dtype.itemsize == 8 else np.uint32))
    return (OnePlace(pixels, axes.index("c"), 0), axes.replace("c", "")) if "c" in axes else (pixels, axes)


def _grid(grid: Grid, picture: Picture) -> Grid:
    """The grid as far as a picture and the facts about it tell: the picture's axes, and others only if something is known of them."""
    found = []
    for name in "tzyx":
        axis = grid.axis(name) or Axis(name)
        if name in picture.axes or name in "yx" or (axis.scale, axis.unit, axis.translation) != (None, None, 0.0):
            found.append(replace(axis, size=size_of(picture.pixels, picture.axes, name)))
    return Grid(tuple(found))


def _grid_of(pixels: Pixels, axes: str, facts: Facts) -> Grid:
    found = []
    for name in "tzyx":
        if name in axes or name in facts.scale or name in facts.translation:
            scale, unit = facts.scale.get(name, (None, None))
            found.append(Axis(name, size_of(pixels, axes, name), scale, unit, facts.translation.get(name, 0.0)))
    return Grid(tuple(found))
