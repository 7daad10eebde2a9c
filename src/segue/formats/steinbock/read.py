"""A folder of steinbock -> study. Masks and images are read when they are looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff import UNNAMED, TiffPixels, describe
from segue.errors import Malformed, NotFound, UnsupportedVariant, WrongFormat
from segue.formats import pixel_files
from segue.formats.cell_files import cell_numbers, read_cells
from segue.formats.options import Options
from segue.formats.steinbock.assemble import Parts, assembled
from segue.formats.steinbock.images import Listed, read_images
from segue.formats.steinbock.layout import IMAGES, MASKS, NEIGHBORS, OBJECT, data_folders, files_in
from segue.formats.steinbock.neighbours import SCHEMA, read_neighbours
from segue.formats.steinbock.panel import Panel, kept_channels, read_panel
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, unreadable


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read everything in the folder, an image set for each image.

    Raises
    ------
    SourceError
        It is no folder of steinbock, or a file in it is damaged.
    """
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is a file; steinbock's results are a folder", path=source.path, expected="a folder")
    try:
        return _Folder(source.path).read()
    except OSError as error:
        raise unreadable(source.path, error) from error
    except UnicodeError as error:
        raise NotFound(f"{source.path} has a file whose name cannot be read", path=source.path) from error


class _Folder:
    """The files of a folder, by image."""

    def __init__(self, root: Path) -> None:
        self.panel = read_panel(root)
        self.listed, self.notes = read_images(root)
        self.masks, self.pictures = files_in(root / MASKS, ".tiff"), files_in(root / IMAGES, ".tiff")
        self.values, self.neighbours = data_folders(root), files_in(root / NEIGHBORS, ".csv")
        if not (self.listed or self.masks or self.pictures or self.values or self.neighbours or self.panel):
            raise WrongFormat(f"{root} holds no masks, tables or list of images of steinbock", path=root, expected="masks, intensities, images.csv")

    def read(self) -> tuple[Study, Notes]:
        others = sorted({name for files in (self.masks, self.pictures, self.neighbours, *self.values.values()) for name in files} - set(self.listed))
        names = [*self.listed, *others]
        image_sets = tuple(assembled(self._parts(name), self.panel) for name in names)
        return Study(image_sets), self.notes

    def _parts(self, name: str) -> Parts:
        listed = self.listed.get(name, Listed(name))
        labels = (self._mask(self.masks[name]),) if name in self.masks else ()
        images = (_image(self.pictures[name], self.panel),) if name in self.pictures else ()
        values = {folder: self._cells(files[name]) for folder, files in self.values.items() if name in files}
        pairs = self._pairs(self.neighbours[name]) if name in self.neighbours else pl.DataFrame(schema=SCHEMA)
        return Parts(listed, _grid(listed.grid, (*labels, *images), name), values, pairs, labels, images)

    def _cells(self, path: Path) -> tuple[pl.Series, list[pl.Series]]:
        source = Source(path)
        found = read_cells(source, (OBJECT,), OBJECT)
        cells = cell_numbers(found.keys[OBJECT].alias(OBJECT), source)
        if cells.is_duplicated().any():
            raise Malformed(f"{path}: two rows have the same {OBJECT} {cells.filter(cells.is_duplicated())[0]}", path=path, position=f"column {OBJECT}")
        self.notes += found.notes
        return cells, found.values

    def _pairs(self, path: Path) -> pl.DataFrame:
        pairs, notes = read_neighbours(path)
        self.notes += notes
        return pairs

    def _mask(self, path: Path) -> LabelImage:
        pixels, axes, several = _picture(path, "z")
        if several:
            self.notes += Notes.of(Note(Kind.SKIPPED, "further images in the file of a mask", where=path.name))
        if any(size_of(pixels, axes, name) > 1 for name in "tzc"):
            raise UnsupportedVariant(f"{path} is a mask of several planes; steinbock's masks have one", path=path)
        found: LabelImage = pixel_files.study_of(pixels, axes, Facts(), role="labels").image_sets[0].labels[0]
        return found


def _picture(path: Path, unnamed: str) -> tuple[Any, str, bool]:
    """Pixels and axes; an axis that the file does not name is ``unnamed``, then what is left."""
    source = Source(path)
    series = describe(source)
    first = series[0]
    axes = first.axes
    for letter in dict.fromkeys(unnamed + "czt"):
        if letter not in axes:
            axes = axes.replace(UNNAMED, letter, 1)
    return TiffPixels(source, 0, first.shape, first.dtype), axes, len(series) > 1


def _image(path: Path, panel: Panel | None) -> Image:
    pixels, axes, _ = _picture(path, "c")
    if UNNAMED in axes:
        raise UnsupportedVariant(f"{path} has more axes than an image of channels", path=path)
    names = tuple(kept_channels(panel))
    return Image(pixels, axes, "image", names if names and len(names) == size_of(pixels, axes, "c") else ())


def _grid(listed: Grid, pictures: tuple[Image | LabelImage, ...], name: str) -> Grid:
    """The sizes of the pixels, else what images.csv says.

    Raises
    ------
    Malformed
        They are not the same.
    """
    for picture in pictures:
        for axis in "yx":
            size, found = listed.size(axis), size_of(picture.pixels, picture.axes, axis)
            if size is not None and size != found:
                raise Malformed(f"images.csv says {axis} {size} of {name}, but its file has {found}; they are not of the same image", position=name)
        listed = pixel_files.study_of(picture.pixels, picture.axes, Facts(), role="image").image_sets[0].grid if listed.size("x") is None else listed
    return listed
