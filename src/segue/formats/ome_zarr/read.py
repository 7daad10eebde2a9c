"""Reading OME-Zarr 0.1 to 0.5: images with their label images; plates and series are several image sets. Pixels when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

from segue.codecs.ngff_read import MOST_ENTRIES, ome_of, texts
from segue.codecs.zarr_facts import attributes_of
from segue.errors import Malformed, WrongFormat
from segue.formats.ome_zarr.image_set import read_image_set
from segue.formats.ome_zarr.options import ReadOptions
from segue.formats.ome_zarr.places import inside
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read an image, a group of label images, a plate or a collection of series.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge, NotFound
        It is no OME-Zarr, is damaged, or is of a kind that segue does not read.
    InvalidOption
        There is no such resolution.
    Incompatible
        It cannot be a label image.
    """
    chosen = cast("ReadOptions", options)
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is not an OME-Zarr: that is a folder", path=source.path, expected="a folder")
    sets, notes = [], Notes()
    for place in _places(source.path):
        found, more = read_image_set(place.folder, chosen)
        name = found.name or place.name
        sets.append(replace(found, name=name, group=place.group, position=place.position))
        notes += more
    if not sets:
        notes += Notes.of(Note(Kind.SKIPPED, "it lists no image", where=source.path.name))
    return Study(tuple(sets)), notes


class _Place:
    """A group with an image, and what the groups above say about it."""

    def __init__(self, folder: Path, name: str = "", group: str | None = None, position: tuple[tuple[str, int], ...] = ()) -> None:
        self.folder, self.name, self.group, self.position = folder, name, group, position


def _places(root: Path) -> Iterator[_Place]:
    """The groups with an image in them, in the order that is written down."""
    attributes = attributes_of(root)
    ome = ome_of(attributes)
    if "multiscales" in ome or "image-label" in ome:
        yield _Place(root)
    elif isinstance(ome.get("plate"), dict):
        yield from _fields(root, ome["plate"])
    elif "bioformats2raw.layout" in ome:
        yield from (_Place(inside(root, one), one) for one in _series(root))
    elif "labels" in ome and not (root / "labels").is_dir():
        yield from (_Place(inside(root, one), one) for one in texts(ome["labels"]))
    elif (root / "labels").is_dir():
        yield _Place(root)
    else:
        hint = f"; give one of the images in it ({root.name}/images/NAME)" if (root / "images").is_dir() else ""
        raise WrongFormat(f"{root} is no OME-Zarr: its attributes name no image, labels, plate or series{hint}", path=root, expected="multiscales")


def _series(root: Path) -> list[str]:
    """The series that bioformats2raw wrote: as the group OME lists them, else numbered folders."""
    listed = texts(ome_of(attributes_of(root / "OME")).get("series"))
    if listed:
        return listed
    return list(takewhile(lambda one: (root / one).is_dir(), map(str, range(MOST_ENTRIES))))


def _fields(root: Path, plate: dict[str, Any]) -> Iterator[_Place]:
    """The fields of view of a plate, well by well."""
    wells = plate.get("wells")
    if not isinstance(wells, list) or len(wells) > MOST_ENTRIES:
        raise Malformed(f"{root} is damaged: its plate lists no wells", path=root, expected="wells")
    name = plate.get("name")
    group = name if isinstance(name, str) else root.name
    for well in wells:
        path = well.get("path") if isinstance(well, dict) else None
        if not isinstance(path, str):
            raise Malformed(f"{root} is damaged: a well of its plate has no path", path=root, expected="wells with paths")
        position = tuple((axis, well[key]) for axis, key in (("y", "rowIndex"), ("x", "columnIndex")) if isinstance(well.get(key), int))
        about = ome_of(attributes_of(inside(root, path))).get("well")
        images = about.get("images") if isinstance(about, dict) else None
        for image in images if isinstance(images, list) else []:
            field = image.get("path") if isinstance(image, dict) else None
            if isinstance(field, str):
                yield _Place(inside(root, f"{path}/{field}"), f"{path}/{field}", group, position)
