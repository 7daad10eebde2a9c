"""Label images that lie beside the tables and are named in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from segue.codecs import png, tiff
from segue.errors import SegueError
from segue.formats.cellprofiler.images import Images
from segue.formats.cellprofiler.masks_compared import compared
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.image import LabelImage, Pixels
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage import handles
from segue.storage.source import Source

_FILES, _OF_OBJECTS = "FileName_", "ObjectsFileName_"
_MARKS = ("label", "mask", "object", "segment", "outline")
_LARGEST = 1 << 28
"""Pixels of label images whose centres are compared."""


def with_masks(study: Study, images: Images, folder: Path, types: list[str]) -> tuple[Study, Notes]:
    """The study with the label images that are there; notes where they, or objects, are missing."""
    columns = [(column, one) for column in images.files.columns if (one := _type_of(column, types, images.channels)) is not None]
    notes = Notes()
    sets = list(study.image_sets)
    for column, one in columns:
        missing = 0
        for nth, name in enumerate(images.files[column].to_list()):
            path = _beside(folder, name)
            if path is None:
                missing += name is not None
                continue
            sets[nth], more = _with_mask(sets[nth], path, one)
            notes += more.at(path.name)
            handles.close(path)
        if missing:
            what = f"{{count mask}} of {one} (in {column}) not beside the tables; name them with --labels"
            notes += Notes.of(Note(Kind.SKIPPED, what, Feature.LABELS, count=missing))
    return replace(study, image_sets=tuple(sets)), notes


def _type_of(column: str, types: list[str], channels: list[str]) -> str | None:
    """The type of objects whose label images a column names; None = it names others."""
    if column.startswith(_OF_OBJECTS):
        name = column.removeprefix(_OF_OBJECTS)
        return next((one for one in types if one == name), None)
    if not column.startswith(_FILES):
        return None
    name = column.removeprefix(_FILES).lower()
    said = [one for one in types if name.startswith(one.lower()) and any(mark in name for mark in _MARKS)]
    if said:
        return max(said, key=len)
    alone = (
        len(types) == 1 and any(mark in name for mark in _MARKS[:2]) and len([one for one in channels if any(mark in one.lower() for mark in _MARKS[:2])]) == 1
    )
    return types[0] if alone else None


def _beside(folder: Path, name: str | None) -> Path | None:
    """The file of a name in the folder of the tables; never one elsewhere."""
    plain = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    if not plain or plain in (".", "..") or "\0" in plain or Path(plain).suffix.lower() not in (".tif", ".tiff", ".png"):
        return None
    path = folder / plain
    return path if path.is_file() else None


def _with_mask(s: ImageSet, path: Path, one: str) -> tuple[ImageSet, Notes]:
    try:
        pixels = _pixels(path)
    except SegueError as error:
        return s, Notes.of(Note(Kind.SKIPPED, f"not taken as a label image: {error}", Feature.LABELS))
    if pixels is None or any(image.name == one for image in s.labels):
        return s, Notes.of(
            Note(Kind.SKIPPED, "not taken as a label image: it is not one plane of whole numbers", Feature.LABELS)
        ) if pixels is None else Notes()
    height, width = pixels.shape
    stated = (s.grid.size("y"), s.grid.size("x"))
    if None not in stated and stated != (height, width):
        return s, Notes.of(
            Note(Kind.SKIPPED, f"not taken as a label image: it is {width} x {height} pixels, and the image {stated[1]} x {stated[0]}", Feature.LABELS)
        )
    s = replace(s, grid=Grid((Axis("y", height), Axis("x", width))), labels=(*s.labels, LabelImage(pixels, "yx", one)))
    return compared(s, pixels, one) if height * width <= _LARGEST else (s, Notes())


def _pixels(path: Path) -> Pixels | None:
    source = Source(path)
    found: Pixels
    if path.suffix.lower() == ".png":
        found = png.PngPixels.of(source, indices=True)
    else:
        series = tiff.describe(source)[0]
        found = tiff.TiffPixels(source, 0, series.shape, series.dtype)
    return found if len(found.shape) == 2 and np.dtype(found.dtype).kind in "ui" else None
