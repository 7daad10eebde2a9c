"""Writing .npy and .npz files block by block. Equal input gives equal bytes: the date in the archive is always the same."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from segue.codecs.pixel_facts import KEY, Facts

Array = np.ndarray[Any, np.dtype[Any]]

_DATE = (1980, 1, 1, 0, 0, 0)


def write_npy(file: BinaryIO | Any, shape: tuple[int, ...], dtype: np.dtype[Any], blocks: Iterable[Array]) -> None:
    """Write one array in C order, little-endian; ``blocks`` are its consecutive parts."""
    little = dtype.newbyteorder("<")
    npy_format.write_array_header_1_0(file, {"descr": npy_format.dtype_to_descr(little), "fortran_order": False, "shape": shape})
    for block in blocks:
        file.write(np.ascontiguousarray(block, little).data)


def write_npz(file: BinaryIO, name: str, shape: tuple[int, ...], dtype: np.dtype[Any], blocks: Iterable[Array], axes: str, facts: Facts) -> None:
    """Write one array and, as the text array ``segue``, what is known about it. Nothing is compressed, so regions can be read."""
    about = json.dumps({name: {"axes": axes, "facts": json.loads(facts.to_json())}}, sort_keys=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(_entry(name), "w", force_zip64=True) as member:
            write_npy(member, shape, dtype, blocks)
        text = io.BytesIO()
        write_npy(text, (), np.array(about).dtype, [np.array(about)])
        archive.writestr(_entry(KEY), text.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{name}.npy", _DATE)
    info.external_attr = 0o644 << 16
    return info
