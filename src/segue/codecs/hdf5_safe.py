"""Looking into HDF5 files of unknown origin: nothing outside the file is followed, sizes are checked before anything is allocated.

Every function expects an open file or group of h5py, and raises ``ValueError`` for what cannot be; ``opened`` makes our errors of those.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from segue.errors import Malformed, NotFound, SegueError, TooLarge
from segue.storage.source import Source

MAGIC = b"\x89HDF\r\n\x1a\n"
_SMALL = 1 << 22
"""Bytes that may be there without being stored: values that are all the same."""
_DENSEST = 1100
"""Deflate packs no denser; what claims to be is no data."""
_RECORD = np.dtype([("length", "<u4"), ("place", "V12")])
BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, MemoryError, UnicodeError, zlib.error)
"""What h5py and numpy raise at damaged files."""
Array = npt.NDArray[Any]


@contextmanager
def opened(source: Source) -> Iterator[Any]:
    """The file, open for reading.

    Raises
    ------
    NotFound
    Malformed
        It is damaged: also where what happens inside the block shows it.
    """
    import h5py

    try:
        with h5py.File(source.path, "r") as file:
            yield file
    except SegueError:
        raise
    except BROKEN as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise NotFound(f"{source.path} cannot be read: {error.strerror}", path=source.path) from error
        detail = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise Malformed(f"{source.path} cannot be read: the HDF5 file is damaged or incomplete ({detail})", path=source.path, expected="HDF5") from error


def names(group: Any) -> list[str]:
    """What lies in a group itself; links to other places are left out."""
    import h5py

    return [name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink)]


def inner(group: Any, name: str) -> Any:
    """A group or data set inside; None if there is none, or only a link to another place."""
    import h5py

    if name not in group or not isinstance(group.get(name, getlink=True), h5py.HardLink):
        return None
    return group[name]


def is_group(item: Any) -> bool:
    import h5py

    return isinstance(item, h5py.Group)


def is_data(item: Any) -> bool:
    import h5py

    return isinstance(item, h5py.Dataset)


def shape(data: Any) -> tuple[int, ...]:
    """The shape of a data set whose size fits what is stored of it.

    Raises
    ------
    ValueError
        It lies in another file.
    TooLarge
        It says that it holds more than its bytes can.
    """
    if not is_data(data) or data.is_virtual or data.external or data.shape is None:
        raise ValueError("it is no array of this file")
    size = data.size * max(1, data.dtype.itemsize)
    stored = min(data.id.get_storage_size(), _length(data))
    if size > max(_SMALL, stored * _DENSEST if data.compression or data.id.get_create_plist().get_nfilters() else stored):
        raise TooLarge(f"{data.file.filename}: {data.name} says that it holds {size:,} bytes, which its part of the file cannot", path=data.file.filename)
    return tuple(data.shape)


def _length(item: Any) -> int:
    """Bytes of the file."""
    return int(item.file.id.get_filesize())


def numbers(data: Any) -> Array:
    """An array of numbers or truth values, in the byte order of this machine."""
    shape(data)
    if data.dtype.kind not in "fiub":
        raise ValueError(f"{data.name} is no array of numbers")
    found = np.asarray(data[()])
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def texts(data: Any) -> list[str]:
    """An array of texts with one axis; of fixed or variable length."""
    import h5py

    if len(shape(data)) != 1 or (h5py.check_string_dtype(data.dtype) is None):
        raise ValueError(f"{data.name} is no list of texts")
    _check_texts(data)
    return [one if isinstance(one, str) else one.decode("utf-8", "replace") for one in data[()].tolist()]


def text(data: Any) -> str:
    """A single text."""
    import h5py

    if shape(data) != () or (h5py.check_string_dtype(data.dtype) is None):
        raise ValueError(f"{data.name} is no text")
    _check_texts(data)
    value = data[()]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _check_texts(data: Any) -> None:
    """Raise ValueError if texts of variable length say that they are longer than the file."""
    if data.dtype.kind == "O" and sum(_text_bytes(raw) for raw in _stored(data)) > _length(data):
        raise ValueError(f"{data.name} says that its texts are longer than the file")


def _text_bytes(raw: bytes) -> int:
    """How long the texts are that stored records (length, place of the text) point to."""
    records = np.frombuffer(raw[: len(raw) // _RECORD.itemsize * _RECORD.itemsize], _RECORD)
    return int(records["length"].sum(dtype=np.int64))


def _stored(data: Any) -> Iterator[bytes]:
    """The records of a list of texts as they are stored; deflated ones inflated, those of other filters left out.

    HDF5 takes memory for as many bytes as a record says before it looks for them.
    """
    place = data.id.get_offset()
    if place is not None:
        with open(data.file.filename, "rb") as file:  # noqa: PTH123  # as HDF5 has it
            file.seek(place)
            yield file.read(data.id.get_storage_size())
        return
    plain = data.compression is None and not data.id.get_create_plist().get_nfilters()
    if data.chunks is None or not (plain or (data.compression == "gzip" and data.id.get_create_plist().get_nfilters() == 1)):
        return
    most = data.chunks[0] * _RECORD.itemsize
    for number in range(data.id.get_num_chunks()):
        mask, raw = data.id.read_direct_chunk(data.id.get_chunk_info(number).chunk_offset)
        yield raw if plain or mask else zlib.decompressobj().decompress(raw, most)


def attribute(item: Any, name: str) -> Any:
    """An attribute as text, number, or list of texts; None = there is none."""
    if name not in item.attrs:
        return None
    found = item.attrs.get_id(name)
    if math.prod(found.shape) * max(1, found.dtype.itemsize) > _length(item):
        raise ValueError(f"{name} says that it is larger than the file")
    value = item.attrs[name]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        return [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in value.ravel().tolist()]
    return value.item() if isinstance(value, np.generic) else value
