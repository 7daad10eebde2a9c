"""Reading HDF5: the data sets that are pictures, their pixels when they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.codecs.hdf5_pixels import Hdf5Data, Hdf5Pixels, describe
from segue.formats.hdf5.options import ReadOptions
from segue.formats.ilastik_files.arrays import Array, absent, study_of_arrays
from segue.formats.ilastik_files.attributes import told
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the pictures of a file, or of the part that the source names.

    Raises
    ------
    NotFound, Malformed, UnsupportedVariant, TooLarge
        The part is not there, the file is damaged or holds no picture.
    InvalidOption
        The options do not fit the file.
    Incompatible
        It cannot be a label image.
    """
    chosen = cast("ReadOptions", options)
    place = "/".join(filter(None, (source.inside, chosen.path.strip("/"))))
    found = [_array(source, one) for one in describe(replace(source, inside=place))]
    if place and not found:
        raise absent(source, place, [one.path for one in describe(replace(source, inside=""))])
    return study_of_arrays(source, found, place, axes=chosen.axes.lower(), role=chosen.role)


def _array(source: Source, data: Hdf5Data) -> Array:
    labels = "".join(data.labels).lower() or _axes(data.attributes.get("axes"))
    found = told(data.attributes, labels if len(labels) == len(data.shape) else "", data.shape, data.dtype)
    manner = replace(found.manner, labelled=bool(data.labels) or "axistags" not in data.attributes)
    return Array(data.path, Hdf5Pixels(replace(source, inside=""), data.path, data.shape, data.dtype, data.chunks, manner), found)


def _axes(found: object) -> str:
    """An attribute ``axes`` in the order of the array: a text, or a list of letters."""
    text = "".join(map(str, found)) if isinstance(found, list) else found
    return text.lower() if isinstance(text, str) else ""
