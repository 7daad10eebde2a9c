"""Writing .npy and .npz files block by block. Equal input gives equal bytes: the date in the archive is always the same."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy_format

from segue.codecs.boxes import along
from segue.codecs.pixel_facts import KEY, Facts
from segue.codecs.raw_blocks import RawBlocks

if TYPE_CHECKING:
    from segue.model.image import Pixels

_DATE = (1980, 1, 1, 0, 0, 0)


def npy_blocks(file: BinaryIO | Any, pixels: Pixels, axes: str, order: str, *, in_sequence: bool = False) -> RawBlocks:
    """The writer of one array in C order, little-endian; its header is written at once.

    Parameters
    ----------
    file
        Where to; an empty file.
    pixels, axes
        What is written.
    order
        The axes of the array. Axes that the pixels lack have size 1.
    in_sequence
        Whether the file cannot seek.
    """
    little = pixels.dtype.newbyteorder("<")
    head = io.BytesIO()
    described = {"descr": npy_format.dtype_to_descr(little), "fortran_order": False, "shape": tuple(along(order, axes, pixels.shape))}
    npy_format.write_array_header_1_0(head, described)
    return RawBlocks(file, file.write(head.getvalue()), pixels, axes, order, little, in_sequence=in_sequence)


@contextmanager
def npz_blocks(file: BinaryIO, name: str, pixels: Pixels, axes: str, order: str, facts: Facts) -> Iterator[RawBlocks]:
    """The writer of one array of an archive and, as the text array ``segue``, what is known about it. Nothing is compressed, so regions can be read."""
    about = json.dumps({name: {"axes": order, "facts": json.loads(facts.to_json())}}, sort_keys=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(_entry(name), "w", force_zip64=True) as member:
            yield npy_blocks(member, pixels, axes, order, in_sequence=True)
        text = io.BytesIO()
        npy_format.write_array(cast("Any", text), np.array(about), (1, 0), allow_pickle=False)
        archive.writestr(_entry(KEY), text.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{name}.npy", _DATE)
    info.external_attr = 0o644 << 16
    return info
