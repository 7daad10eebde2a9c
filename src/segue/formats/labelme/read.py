"""Reading: shapes with labels to objects of one image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from segue.codecs.geojson_read import check_text
from segue.codecs.json_rows import columns, items, members, one
from segue.codecs.json_text import dumps
from segue.errors import Malformed, WrongFormat
from segue.formats.annotation_files import relative
from segue.formats.description_files import DAMAGED, MEMBER, Described, read_image, read_population, read_tables, with_sizes
from segue.formats.labelme.embedded import unpacked
from segue.formats.labelme.read_shapes import Found, read_shapes
from segue.formats.labelme.terms import KNOWN_TOP, LARGEST, NAME, VERSION
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.grid import Grid
from segue.model.image import ArrayPixels, Image
from segue.model.populations import Population
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

SIDE = 2**31 - 1


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The image, if it is in the file, and all shapes.

    Raises
    ------
    Malformed
        It is not JSON, cut off, or a shape is not what Labelme writes.
    WrongFormat
        It has no shapes.
    TooLarge
        A mask or the image has more than 2**28 pixels.
    UnsupportedVariant
        The image in it is neither PNG, JPEG, BMP nor GIF.
    """
    try:
        return _read(source.read_bytes(LARGEST), source.path)
    except RecursionError as error:
        raise Malformed(f"{source.path} is damaged: its brackets are too deep inside each other", path=source.path, expected="flat values") from error


def _read(data: bytes, path: Path) -> tuple[Study, Notes]:
    check_text(memoryview(data), path)
    found = members(data, path)
    if "shapes" not in found:
        raise WrongFormat(f"{path} has no shapes, so it is no file of Labelme", path=path, expected="shapes")
    notes: list[Note] = []
    s, populations, described = _described(found, path)
    s = _image_set(s, found, path, notes)
    rows = items(found["shapes"], "shapes", path)
    shapes = read_shapes(columns(rows, "shapes", path), len(rows), populations, described, path)
    s = replace(s, objects=shapes.objects, shapes=shapes.shapes, membership=shapes.membership, tables=shapes.tables, extras=_extras(found, path))
    return Study((s,), shapes.populations), Notes.of(*notes, *_notes(shapes))


def _described(found: dict[str, msgspec.Raw], path: Path) -> tuple[ImageSet, tuple[Population, ...], Described]:
    """What segue wrote about image, populations and tables."""
    side = one(found[MEMBER], dict[str, Any], "a description", path) if MEMBER in found else {}
    try:
        populations = tuple(read_population(value) for value in side.get("populations", []))
        if len({known.id for known in populations}) != len(populations):
            raise ValueError("populations with the same id")
        stated = read_image(side)
        return (stated if "image" in side else replace(stated, name=_NOT_STATED)), populations, read_tables(side.get("tables", []))
    except DAMAGED as error:
        message = f"{path} has a damaged member 'segue' ({error}); remove it and read again"
        raise Malformed(message, path=path, position=MEMBER, expected="a description") from error


_NOT_STATED = "\0"


def _image_set(s: ImageSet, found: dict[str, msgspec.Raw], path: Path, notes: list[Note]) -> ImageSet:
    """Name, size and pixels of the image."""
    name, cut = relative(one(found["imagePath"], Any, "the name of the image", path) if "imagePath" in found else None)
    if cut:
        notes.append(Note(Kind.LOST, "the folder of somebody's computer is left out of the name of the image", Feature.EXTRAS))
    sizes = [one(found[key], Any, "the size of the image", path) if key in found else None for key in ("imageHeight", "imageWidth")]
    if any(size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= SIDE) for size in sizes):
        raise Malformed(f"{path} is damaged: its image has {sizes[0]} x {sizes[1]} pixels", path=path, position="imageHeight", expected="whole numbers")
    text = one(found["imageData"], str | None, "the image as text", path) if "imageData" in found else None
    images: tuple[Image, ...] = ()
    if text:
        picture = unpacked(text, path)
        if sizes != list(picture.shape[:2]):
            notes.append(Note(Kind.REPAIRED, "the size of the image is that of its pixels, not the one stated", Feature.GRID_SIZE))
            sizes = list(picture.shape[:2])
        flat = picture.ndim == 2
        images = (Image(ArrayPixels(picture if flat else np.moveaxis(picture, -1, 0)), "yx" if flat else "cyx"),)
    grid = s.grid if s.grid != Grid() else _sized(sizes[0], sizes[1])
    return replace(s, name=name if s.name == _NOT_STATED else s.name, grid=grid, images=images)


def _sized(height: int | None, width: int | None) -> Grid:
    return Grid() if height is None or width is None else with_sizes(Grid(), height, width)


def _extras(found: dict[str, msgspec.Raw], path: Path) -> pl.DataFrame:
    rest = {name: one(value, Any, "JSON", path) for name, value in found.items() if name not in KNOWN_TOP}
    rest = {name: value for name, value in rest.items() if (name, value) not in (("version", VERSION), ("flags", {}), ("flags", None))}
    rows = [{"format": NAME, "entity": "image set", "id": "", "payload": dumps(dict(sorted(rest.items()))).decode()}] if rest else []
    return pl.DataFrame(rows, schema=EXTRAS)


def _notes(found: Found) -> list[Note]:
    notes = []
    if found.renamed:
        notes.append(Note(Kind.REPAIRED, "ids that several objects share were made different", Feature.OBJECT_ID, count=found.renamed))
    if found.left_out:
        notes.append(Note(Kind.REPAIRED, "shapes with too few points are left out", count=found.left_out))
    if found.unknown:
        notes.append(Note(Kind.SKIPPED, "{count shape} of a type that segue does not know", count=found.unknown))
    return notes
