"""One image of an OME-Zarr with its label images: an image set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from segue.codecs.ngff import Channel
from segue.codecs.ngff_read import Level, channels, multiscales, ome_of, texts
from segue.codecs.pixel_facts import KEY, Facts
from segue.codecs.tiff_units import short_unit
from segue.codecs.zarr_facts import array_facts, attributes_of
from segue.codecs.zarr_pixels import ZarrPixels
from segue.errors import InvalidOption, Malformed, SourceError
from segue.formats.ome_zarr.labels import Described, described, with_objects
from segue.formats.ome_zarr.options import ReadOptions
from segue.formats.ome_zarr.places import inside
from segue.formats.pixel_files import study_of
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Grid
from segue.model.image import size_of
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes


def read_image_set(folder: Path, options: ReadOptions) -> tuple[ImageSet, Notes]:
    """The image and the label images of a group.

    Raises
    ------
    Malformed, UnsupportedVariant, TooLarge, NotFound, InvalidOption, Incompatible
    """
    attributes = attributes_of(folder)
    ome = ome_of(attributes)
    if "multiscales" not in ome:
        s, notes = _with_labels(ImageSet(""), folder, options.level, Notes())
        return replace(s, display=_display((), s, attributes.get(KEY))), notes
    is_labels = "image-label" in ome
    s, notes = _picture(folder, attributes, options.level, options.role if options.role != "auto" or not is_labels else "labels")
    if s.labels:
        name = s.labels[0].name if KEY in attributes else folder.name
        about = described(ome, name)
        s = replace(s, labels=(replace(s.labels[0], name=name),))
        return with_objects(s, [about] if about else []), notes
    return _with_labels(s, folder, options.level, notes)


def _picture(folder: Path, attributes: dict[str, Any], level: int, role: str) -> tuple[ImageSet, Notes]:
    """One resolution of the image of a group, as an image set with one picture."""
    found = multiscales(ome_of(attributes), folder)
    notes = Notes()
    if len(found) > 1:
        notes = Notes.of(Note(Kind.SKIPPED, f"{folder.name} holds {len(found)} images in one group; the first is read", count=len(found) - 1))
    image = found[0]
    if level >= len(image.levels):
        raise InvalidOption(f"{folder} has {len(image.levels)} resolution(s), so level is at most {len(image.levels) - 1}", option="level", given=level)
    pixels, axes = _pixels(folder, image.levels[level], image.axes)
    shown = channels(ome_of(attributes))
    own = attributes.get(KEY)
    facts = _facts(image.name, image.levels[level], shown, size_of(pixels, axes, "c"), own if level == 0 else None)
    s = study_of(pixels, axes, facts, role=role).image_sets[0]
    return replace(s, display=_display(shown, s, own)), notes


def _pixels(folder: Path, level: Level, axes: str) -> tuple[ZarrPixels, str]:
    array = array_facts(inside(folder, level.path))
    if len(array.shape) != len(axes):
        expected = f"{len(axes)} dimensions ({axes})"
        raise Malformed(f"{folder} is damaged: its array {level.path} has {len(array.shape)} dimensions, not {expected}", path=folder, expected=expected)
    return ZarrPixels.of(array), axes


def _facts(name: str, level: Level, shown: tuple[Channel, ...], count: int, own: object) -> Facts:
    """What segue wrote beside the metadata, which is all of it; else what these say."""
    if isinstance(own, dict):
        return Facts().updated(own)
    names = tuple(channel.label for channel in shown)
    low, high = (shown[0].low, shown[0].high) if len(shown) == 1 else (None, None)
    return Facts(
        name=name,
        channels=names if len(names) == count and all(names) and count > 0 else (),
        scale={axis: (step.scale, short_unit(step.unit or "")) for axis, step in level.steps.items() if step.scale is not None},
        translation={axis: step.translation for axis, step in level.steps.items() if step.translation},
        data_range=(low, high) if low is not None and high is not None and low < high else None,
        inverted=bool(shown) and all(channel.inverted for channel in shown),
    )


def _display(shown: tuple[Channel, ...], s: ImageSet, own: object) -> Display | None:
    """How the image is looked at: as segue wrote it, else by its channels, where they have names."""
    if isinstance(own, dict):
        try:
            return msgspec.convert(own.get("display"), Display | None)
        except msgspec.ValidationError:
            return None
    names = s.images[0].channels if s.images else ()
    if not names:
        return None
    return Display(channels=tuple(ChannelDisplay(name, one.colour, one.low, one.high, one.active) for name, one in zip(names, shown, strict=True)))


def _with_labels(s: ImageSet, folder: Path, level: int, notes: Notes) -> tuple[ImageSet, Notes]:
    """The image set with the label images of the group; those of another size are passed over, with a note."""
    root = folder / "labels"
    listed = texts(ome_of(attributes_of(root)).get("labels")) if root.is_dir() else []
    about: list[Described] = []
    for path in dict.fromkeys(listed):
        place = inside(root, path)
        labels, why, more = _labels(place, s.grid if s.images or s.labels else None, level)
        notes += more
        if labels is None:
            notes += Notes.of(Note(Kind.SKIPPED, f"labels {path}: {why}", count=1))
            continue
        own = attributes_of(place)
        name = _unused(labels.labels[0].name if KEY in own else path, s)
        s = replace(s, labels=(*s.labels, replace(labels.labels[0], name=name)), grid=_merged(s.grid, labels.grid) if s.images or s.labels else labels.grid)
        s = replace(s, name=s.name or labels.name)
        found = described(ome_of(own), name)
        about += [found] if found else []
    return with_objects(s, about), notes


def _labels(folder: Path, grid: Grid | None, level: int) -> tuple[ImageSet | None, str, Notes]:
    """A label image in the resolution that fits a grid; None, and why, if there is none."""
    if not folder.is_dir():
        return None, "they are listed, but not there", Notes()
    sizes = ""
    try:
        attributes = attributes_of(folder)
        count = len(multiscales(ome_of(attributes), folder)[0].levels)
        for nth in sorted(range(count), key=lambda one: one != level):
            s, notes = _picture(folder, attributes, nth, "labels")
            if grid is None or fits(s.grid, grid):
                return s, "", notes
            sizes = sizes or " x ".join(str(s.grid.size(name)) for name in "yx")
    except SourceError as error:
        return None, str(error), Notes()
    return None, f"{sizes} pixels, which is not the size of the image", Notes()


def fits(one: Grid, other: Grid) -> bool:
    """Whether two grids have the same sizes; an axis of one plane fits any."""
    sizes = [(one.size(name), other.size(name)) for name in "tzyx"]
    return all(a == b for a, b in sizes[2:]) and all(a == b or 1 in (a, b) for a, b in sizes[:2])


def _merged(grid: Grid, other: Grid) -> Grid:
    """The grid with the axes that only the other has, and the larger size of each."""
    axes = []
    for name in "tzyx":
        a, b = grid.axis(name), other.axis(name)
        kept = a or b
        if kept is not None:
            axes.append(replace(kept, size=max(grid.size(name) or 1, other.size(name) or 1)))
    return replace(grid, axes=tuple(axes))


def _unused(name: str, s: ImageSet) -> str:
    taken = {labels.name for labels in s.labels}
    return next(one for one in (name, *(f"{name}-{nth}" for nth in range(2, len(taken) + 3))) if one not in taken)
