"""Reading a folder with one image per channel: one image set, and the label images that lie beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import cast

from segue.codecs.channel_stack import ChannelPart, ChannelStack
from segue.codecs.pixel_facts import Facts
from segue.errors import Incompatible, Malformed, NotFound, TooLarge, WrongFormat
from segue.formats.channel_folder.files import MOST, among, called_labels, images_in, stem
from segue.formats.channel_folder.names import channel_names
from segue.formats.channel_folder.options import ReadOptions
from segue.formats.channel_folder.pictures import Picture, pictures_of
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.model.grid import Grid
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, unreadable


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a folder of single-channel images.

    Raises
    ------
    WrongFormat, NotFound
        It is no folder, or no image of one channel lies in it.
    Malformed, UnsupportedVariant, TooLarge
        One of the files is damaged, or of a kind that segue does not read.
    Incompatible
        The images are of different sizes, or a label image is none.
    """
    chosen = cast("ReadOptions", options)
    folder = _folder(source, chosen.folder)
    files = [path for path in _images(folder) if not among(path, chosen.exclude)]
    labels = [path for path in files if among(path, chosen.labels) or (not chosen.labels and called_labels(path))]
    labels = labels if len(labels) < len(files) else []
    pictures = [one for path in files if path not in labels for one in pictures_of(Source(path))]
    grey = [one for one in pictures if not one.coloured]
    if not grey:
        raise WrongFormat(f"{folder} holds no TIFF or PNG image that could be a channel", path=folder, expected="one image per channel")
    _check_sizes(grey)
    s = replace(_image_set(grey), name=source.path.resolve().name)
    notes = _skipped(len(pictures) - len(grey), source)
    return Study((_with_labels(s, labels),)), notes + _assumed(labels, chosen, source)


def _folder(source: Source, inner: str) -> Path:
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is a file, not a folder with one image per channel", path=source.path, expected="a folder")
    folder = source.path / inner
    if ".." in Path(inner).parts or Path(inner).is_absolute() or not folder.is_dir():
        raise NotFound(f"{source.path} has no sub-folder {inner}", path=folder)
    return folder


def _images(folder: Path) -> list[Path]:
    try:
        found = images_in(folder)
    except OSError as error:
        raise unreadable(folder, error) from error
    if len(found) > MOST:
        raise TooLarge(f"{folder} holds more than {MOST:,} images, too many to be the channels of one", path=folder, limit=MOST)
    return found


def _check_sizes(pictures: list[Picture]) -> None:
    """All channels have the size that most of them have; an axis of one plane fits any."""
    for axes in ("yx", "z", "t"):
        counts = Counter(tuple(one.size(axis) for axis in axes) for one in pictures)
        usual = max(counts, key=lambda size: (counts[size], size))
        for one in pictures:
            size = tuple(one.size(axis) for axis in axes)
            if size != usual and (axes == "yx" or size != (1,)):
                what = {"yx": "pixels", "z": "planes along z", "t": "time points"}[axes]
                texts = [" x ".join(f"{number:,}" for number in reversed(found)) for found in (size, usual)]
                raise Incompatible(
                    f"{one.source.path.name} has {texts[0]} {what}, and the other channels have {texts[1]}; the channels of an image are of one size "
                    f"(--set exclude={one.source.path.name} leaves it out)",
                    path=one.source.path,
                )


def _image_set(pictures: list[Picture]) -> ImageSet:
    """One image of all channels, sorted by name as Mantis Viewer does; pixel size and origin as the first file that states them."""
    parts = [ChannelPart(one.pixels, one.axes, index) for one in pictures for index in range(one.size("c"))]
    names = channel_names(pictures)
    order = sorted(range(len(parts)), key=lambda nth: names[nth])
    stack = ChannelStack.of(tuple(parts[nth] for nth in order))
    stated = next((one.facts for one in pictures if one.facts.scale), Facts())
    places = next((one.facts for one in pictures if one.facts.translation), Facts())
    facts = Facts(channels=tuple(names[nth] for nth in order), scale=stated.scale, translation=places.translation)
    inverted = all(one.facts.inverted for one in pictures)
    return study_of(stack, stack.axes, replace(facts, inverted=inverted), role="image").image_sets[0]


def _with_labels(s: ImageSet, files: list[Path]) -> ImageSet:
    for path in files:
        picture = pictures_of(Source(path))[0]
        try:
            found = study_of(picture.pixels, picture.axes, Facts(name=stem(path)), role="labels").image_sets[0]
        except Incompatible as error:
            raise Incompatible(f"{path.name}: {error.message} (--set exclude={path.name} leaves it out)", path=path) from error
        if not _fits(found.grid, s.grid):
            sizes = [" x ".join(f"{grid.size(axis):,}" for axis in "xy") for grid in (found.grid, s.grid)]
            raise Incompatible(
                f"{path.name} has {sizes[0]} pixels, and the channels have {sizes[1]}: it is not the segmentation of this image "
                f"(--set exclude={path.name} leaves it out)",
                path=path,
            )
        taken = {one.name for one in s.labels}
        if stem(path) in taken:
            raise Malformed(f"{path.parent} holds two label images called {stem(path)}; exclude one of them", path=path, expected="different names")
        s = replace(s, labels=(*s.labels, *found.labels))
    return s


def _fits(one: Grid, other: Grid) -> bool:
    """An axis of one plane fits any; but then nothing says to which plane it belongs, so labels of a stack have its planes."""
    return all(one.size(axis) == other.size(axis) for axis in "tzyx")


def _skipped(count: int, source: Source) -> Notes:
    return Notes.of(Note(Kind.SKIPPED, "pictures in colours are no channels", where=source.path.name, count=count)) if count else Notes()


def _assumed(labels: list[Path], options: ReadOptions, source: Source) -> Notes:
    if not labels or options.labels:
        return Notes()
    names = ", ".join(path.name for path in labels)
    return Notes.of(Note(Kind.ASSUMED, f"by its name, {names} is no channel but a label image; the option exclude leaves it out", where=source.path.name))
