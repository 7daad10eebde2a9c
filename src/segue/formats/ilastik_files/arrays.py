"""The arrays of a container as a study: which of them are pictures, and which of these belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segue.codecs import axistags
from segue.errors import InvalidOption, NotFound, UnsupportedVariant
from segue.formats.ilastik_files.attributes import Told
from segue.formats.pixel_files import study_of
from segue.model.image import Pixels
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

MOST = 64
"""Pictures that are read of one file."""
_LEVEL = re.compile(r"(^|/)s(\d+)$")


@dataclass(frozen=True)
class Array:
    """An array in a container."""

    path: str
    """The way to it."""
    pixels: Pixels
    told: Told


def study_of_arrays(source: Source, found: Sequence[Array], place: str, *, axes: str, role: str) -> tuple[Study, Notes]:
    """The pictures among the arrays. Those of one size are images of one image set, in the order of the file; others are image sets of their own.

    Parameters
    ----------
    source, place
        The file, and the part of it that was asked for; empty = all of it.
    found
        The arrays there.
    axes
        What the user says about the axes, or nothing.
    role
        ``labels``, ``image``, or ``auto``: what the array says.

    Raises
    ------
    UnsupportedVariant, InvalidOption, Incompatible
    """
    pictures, notes = _pictures(source, found, place)
    several = len(pictures) > 1
    sets = []
    for one in pictures:
        s, more = _image_set(source, one, axes, role, several=several)
        notes += more
        sets.append((one, s))
    return Study(tuple(_grouped(sets))), notes


def absent(source: Source, place: str, paths: Sequence[str]) -> NotFound:
    """The error for a part that is not there."""
    inside = f"it holds {', '.join(paths[:8])}{', ...' if len(paths) > 8 else ''}" if paths else "it holds no arrays of numbers"
    return NotFound(f"{source.path} has nothing at {place}; {inside}", path=source.path)


def _pictures(source: Source, found: Sequence[Array], place: str) -> tuple[list[Array], Notes]:
    flat = [one for one in found if 2 <= len(one.pixels.shape) <= 5 and 0 not in one.pixels.shape]
    named = [one for one in flat if one.told.axes]
    kept = [one for one in named or flat if not _is_smaller_copy(one.path, flat)]
    if not kept:
        shapes = ", ".join(f"{one.path} ({' x '.join(map(str, one.pixels.shape)) or 'a single number'})" for one in found[:8]) or "nothing"
        raise UnsupportedVariant(f"{source.path} holds no picture, which has two to five dimensions, but {shapes}", path=source.path)
    if len(kept) > MOST:
        raise UnsupportedVariant(
            f"{source.path} holds {len(kept):,} pictures; name the one you want behind the file: {source.path / kept[0].path}", path=source.path
        )
    left = [one.path for one in found if one not in kept]
    if not left or place in {one.path for one in kept}:
        return kept, Notes()
    what = f"arrays that are no pictures, do not name their axes as others do, or are smaller copies ({', '.join(left[:3])}{', ...' if len(left) > 3 else ''})"
    return kept, Notes.of(Note(Kind.SKIPPED, what, where=source.path.name, count=len(left)))


def _is_smaller_copy(path: str, others: Sequence[Array]) -> bool:
    """Whether it is a lower resolution of an array beside it (``s1`` of ``s0``)."""
    match = _LEVEL.search(path)
    return match is not None and int(match[2]) > 0 and any(one.path == f"{path[: match.start()]}{match[1]}s0" for one in others)


def _image_set(source: Source, array: Array, given: str, role: str, *, several: bool) -> tuple[ImageSet, Notes]:
    axes, notes = _axes(source, array, given)
    facts = array.told.facts
    channels = array.pixels.shape[axes.index("c")] if "c" in axes else 1
    wanted = facts.role if role == "auto" else role
    if role == "auto" and array.told.guessed:
        wanted = "labels" if channels == 1 else "image"
    if role == "auto" and array.told.guessed and wanted == "labels":
        what = f"{array.path} holds labels, because {array.told.guessed} (the option role=image says otherwise)"
        notes += Notes.of(Note(Kind.ASSUMED, what, where=source.path.name))
    if not array.told.own:
        facts = replace(facts, name=array.path if several else wanted)
    return study_of(array.pixels, axes, facts, role=wanted).image_sets[0], notes


def _axes(source: Source, array: Array, given: str) -> tuple[str, Notes]:
    shape = array.pixels.shape
    axes = given or array.told.axes or axistags.guess(shape)
    if len(axes) != len(shape) or not axistags.named(axes) or not {"y", "x"} <= set(axes):
        sizes = " x ".join(map(str, shape))
        raise InvalidOption(
            f"{source.path}: {array.path} is an array of {sizes}; name its axes with axes= (letters of t c z y x, with y and x)",
            option="axes",
            given=axes,
            allowed="t c z y x",
        )
    if given or array.told.axes:
        return axes, Notes()
    return axes, Notes.of(Note(Kind.ASSUMED, f"the axes of {array.path} are {axes} (the option axes says otherwise)", where=source.path.name))


def _grouped(sets: Sequence[tuple[Array, ImageSet]]) -> list[ImageSet]:
    groups: dict[tuple[int | None, ...], list[tuple[Array, ImageSet]]] = {}
    for array, s in sets:
        groups.setdefault(tuple(s.grid.size(name) for name in "tzyx"), []).append((array, s))
    found = []
    for members in groups.values():
        array, first = members[0]
        rest = [s for _, s in members[1:]]
        images = first.images + tuple(image for s in rest for image in s.images)
        labels = {image.name: image for s in (first, *rest) for image in s.labels}
        name = first.name or (array.path if len(groups) > 1 else "")
        found.append(replace(first, name=name, images=images, labels=tuple(labels.values())))
    return found
