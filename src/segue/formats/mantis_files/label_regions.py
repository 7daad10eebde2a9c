"""Regions in a picture whose pixels are the numbers of regions, with their names in a table beside it: Mantis' TIFF, and ark-analysis' masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import Incompatible, SegueError
from segue.formats.mantis_files import names
from segue.formats.mantis_files.region_names import read_names
from segue.formats.mantis_files.rows import Row
from segue.model.rings import Ints
from segue.storage.source import Source, split_suffix

_LARGEST = 2**53


def regions_in(plane: np.ndarray[Any, Any]) -> list[tuple[int, Ints]]:
    """(number, pixels y * width + x ascending) of every region of a picture, by number. Memory: 24 bytes per pixel in a region.

    Parameters
    ----------
    plane
        (height, width) numbers, 0 = outside all regions.

    Raises
    ------
    Incompatible
        A number is not whole, or negative.
    """
    flat = np.ascontiguousarray(plane).reshape(-1)
    pixels = np.flatnonzero(flat)
    values = flat[pixels]
    if values.dtype.kind == "f" and not (np.isfinite(values).all() and (values == np.floor(values)).all() and (abs(values) < _LARGEST).all()):
        raise Incompatible("numbers of regions are whole numbers; this picture holds others")
    if values.dtype.kind in "if" and (values < 0).any():
        raise Incompatible("numbers of regions are not negative; this picture holds others")
    order = np.argsort(values, kind="stable")
    numbers, starts = np.unique(values[order], return_index=True)
    return list(zip((int(number) for number in numbers), np.split(pixels[order], starts[1:]), strict=True)) if len(numbers) else []


def names_beside(picture: Path) -> tuple[dict[int, str], str]:
    """Number -> name from the ``.csv`` of the same stem: two columns, with names of columns or without; and why it cannot be read, if so."""
    path = picture.with_name(f"{split_suffix(picture.name)[0]}.csv")
    if not path.is_file():
        return {}, ""
    try:
        return read_names(Source(path))[0], ""
    except SegueError as error:
        return {}, str(error)


def region_rows(picture: Path, plane: np.ndarray[Any, Any], told: dict[int, str]) -> list[Row]:
    """The regions of a picture as populations without members; their ids are the name of the file and their number.

    Raises
    ------
    Incompatible
        As `regions_in`.
    """
    stem = split_suffix(picture.name)[0]
    return [Row(f"{stem}-{number}", told.get(number, names.imported(number)), pixels=pixels) for number, pixels in regions_in(plane)]
