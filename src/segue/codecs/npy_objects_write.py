"""Writing a .npy file with one Python value in it, piece by piece: what ``np.save(path, a_dictionary)`` writes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from segue.codecs.pickle_values import Array


@dataclass(frozen=True)
class Streamed:
    """An array to write, block by block."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    blocks: Iterable[Array]


def write_object(file: BinaryIO, value: Mapping[str, Any]) -> None:
    """Write a dictionary as ``np.save`` would: what ``np.load(path, allow_pickle=True).item()`` gives back.

    Texts, numbers, True, False, None, bytes, NumPy's numbers and arrays, ``Streamed`` arrays, and lists, tuples and dictionaries of these. The names of
    NumPy 1 stand in the file, which NumPy 2 reads as well. Equal input gives equal bytes, whatever the versions of Python and NumPy.
    """
    npy_format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": ()})
    file.write(b"\x80\x04")
    _array_head(file)
    file.write(b"(K\x01)")
    _type(file, "O8", "|")
    file.write(b"\x89]")
    _put(file, value)
    file.write(b"atb.")


def _put(file: BinaryIO, value: Any) -> None:
    if value is None or isinstance(value, bool):
        file.write({None: b"N", True: b"\x88", False: b"\x89"}[value])
    elif isinstance(value, Streamed):
        _array(file, value)
    elif isinstance(value, np.ndarray):
        _array(file, Streamed(value.shape, value.dtype, [value]))
    elif isinstance(value, np.generic):
        _scalar(file, value)
    elif isinstance(value, int):
        length = value.bit_length() // 8 + 1
        file.write(b"\x8a" + bytes([length]) + value.to_bytes(length, "little", signed=True))
    elif isinstance(value, float):
        file.write(b"G" + struct.pack(">d", value))
    elif isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        file.write(b"X" + struct.pack("<I", len(text)) + text)
    elif isinstance(value, bytes):
        _bytes_head(file, len(value))
        file.write(value)
    else:
        _put_many(file, value)


def _put_many(file: BinaryIO, value: Mapping[Any, Any] | Sequence[Any]) -> None:
    if isinstance(value, Mapping):
        file.write(b"}(")
        for key, one in value.items():
            _put(file, key)
            _put(file, one)
        file.write(b"u")
        return
    file.write(b"(" if isinstance(value, tuple) else b"](")
    for one in value:
        _put(file, one)
    file.write(b"t" if isinstance(value, tuple) else b"e")


def _array_head(file: BinaryIO) -> None:
    file.write(b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R")


def _type(file: BinaryIO, name: str, order: str) -> None:
    file.write(b"cnumpy\ndtype\nX" + struct.pack("<I", len(name)) + name.encode() + b"\x89\x88\x87R")
    file.write(b"(K\x03X\x01\x00\x00\x00" + order.encode() + b"NNN" + 2 * b"J\xff\xff\xff\xff" + (b"K\x3f" if name == "O8" else b"K\x00") + b"tb")


def _number_type(file: BinaryIO, dtype: np.dtype[Any]) -> None:
    _type(file, dtype.str[1:], "|" if dtype.itemsize == 1 else "<")


def _array(file: BinaryIO, array: Streamed) -> None:
    _array_head(file)
    file.write(b"(K\x01")
    _put(file, tuple(array.shape))
    _number_type(file, array.dtype)
    file.write(b"\x89")
    _bytes_head(file, prod(array.shape) * array.dtype.itemsize)
    little = array.dtype.newbyteorder("<")
    for block in array.blocks:
        file.write(np.ascontiguousarray(block, little).data)
    file.write(b"tb")


def _scalar(file: BinaryIO, value: np.generic) -> None:
    file.write(b"cnumpy.core.multiarray\nscalar\n")
    _number_type(file, value.dtype)
    data = np.asarray(value).astype(value.dtype.newbyteorder("<")).tobytes()
    _bytes_head(file, len(data))
    file.write(data + b"\x86R")


def _bytes_head(file: BinaryIO, length: int) -> None:
    file.write(b"B" + struct.pack("<I", length) if length < 1 << 32 else b"\x8e" + struct.pack("<Q", length))
