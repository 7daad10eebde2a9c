"""Reading a folder with one image per channel: one image set, and the label images that lie beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from segue.errors import Malformed, NotFound, TooLarge, WrongFormat
from segue.formats.channel_files.files import MOST, among, called_labels, images_in, stem
from segue.formats.channel_files.names import channel_names
from segue.formats.channel_files.pictures import pictures_of
from segue.formats.channel_files.stacks import check_sizes, labels_of, stacked
from segue.formats.channel_folder.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, unreadable

_LEAVE_OUT = "--set exclude={} leaves it out"


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
    check_sizes(grey, _LEAVE_OUT)
    s = replace(stacked(grey, channel_names(grey)), name=source.path.resolve().name)
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


def _with_labels(s: ImageSet, files: list[Path]) -> ImageSet:
    for path in files:
        found, _ = labels_of(pictures_of(Source(path))[0], stem(path), s.grid, _LEAVE_OUT)
        taken = {one.name for one in s.labels}
        if stem(path) in taken:
            raise Malformed(f"{path.parent} holds two label images called {stem(path)}; exclude one of them", path=path, expected="different names")
        s = replace(s, labels=(*s.labels, found))
    return s


def _skipped(count: int, source: Source) -> Notes:
    return Notes.of(Note(Kind.SKIPPED, "pictures in colours are no channels", where=source.path.name, count=count)) if count else Notes()


def _assumed(labels: list[Path], options: ReadOptions, source: Source) -> Notes:
    if not labels or options.labels:
        return Notes()
    names = ", ".join(path.name for path in labels)
    return Notes.of(Note(Kind.ASSUMED, f"by its name, {names} is no channel but a label image; the option exclude leaves it out", where=source.path.name))
