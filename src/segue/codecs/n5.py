"""N5: arrays as folders of blocks. Found, described, read region by region, and written block by block.

Sizes and places stand in the order of N5 (x first) in files and names of files, and in that of arrays (x last) everywhere here.
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.codecs import n5_packing
from segue.codecs.axistags import USUAL, Manner
from segue.codecs.chunked_blocks import ChunkedBlocks
from segue.codecs.deflate import LARGE
from segue.errors import Malformed, NotFound, TooLarge, UnsupportedVariant
from segue.model.image import Region
from segue.storage.source import Source, unreadable

if TYPE_CHECKING:
    from segue.model.image import Pixels
    from segue.storage.sink import Sink

    Array = np.ndarray[Any, np.dtype[Any]]

NAME = "attributes.json"
TYPES = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64")
MOST_BYTES = 1 << 24
"""Of ``attributes.json``."""
MOST_BLOCK = 1 << 31
"""Bytes of a block: it is unpacked as a whole."""
MOST_TOUCHED = 1 << 20
"""Blocks that one region may touch."""
MOST_FOLDERS = 20_000
DEEPEST = 32
VERSION = "2.0.0"


@dataclass(frozen=True)
class N5Data:
    """An array."""

    path: str
    """The way to it from the folder that was looked at; empty = it is that folder."""
    folder: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    block: tuple[int, ...]
    compression: str
    attributes: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class N5Pixels:
    """A reference to an array on disk; it can be pickled and holds nothing open."""

    source: Source
    """The ``attributes.json`` of the array."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    chunks: tuple[int, ...]
    """Size along each dimension of what has to be decoded at once."""
    compression: str
    manner: Manner = USUAL

    def read(self, region: Region) -> Array:
        """The pixels of a region, as a new array; blocks that are not there are zero.

        Raises
        ------
        Malformed, UnsupportedVariant
            A block is damaged, or packed in an unknown way.
        SourceChanged
            The array was replaced after it was opened.
        TooLarge
            The region touches too many blocks.
        """
        self.source.check()
        spans = [range(part.start // size, -(-part.stop // size)) for part, size in zip(region, self.chunks, strict=True)]
        if math.prod(map(len, spans)) > MOST_TOUCHED:
            raise TooLarge(f"{self.source.path.parent}: {math.prod(map(len, spans)):,} blocks would have to be read at once; take a smaller region")
        found = np.zeros([part.stop - part.start for part in region], self.dtype)
        for place in product(*spans):
            block = self._block(place)
            if block is not None:
                self._put(found, region, place, block)
        return found

    def _put(self, found: Array, region: Region, place: tuple[int, ...], block: Array) -> None:
        starts = [at * size for at, size in zip(place, self.chunks, strict=True)]
        bounds = [
            (max(part.start, start), min(part.stop, start + length, whole))
            for part, start, length, whole in zip(region, starts, block.shape, self.shape, strict=True)
        ]
        if all(low < high for low, high in bounds):
            to = tuple(slice(low - part.start, high - part.start) for (low, high), part in zip(bounds, region, strict=True))
            found[to] = block[tuple(slice(low - start, high - start) for (low, high), start in zip(bounds, starts, strict=True))]

    def _block(self, place: tuple[int, ...]) -> Array | None:
        path = self.source.path.parent.joinpath(*map(str, reversed(place)))
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unreadable(path, error) from error
        try:
            return _decoded(data, self.dtype, self.chunks, self.compression)
        except LookupError as error:
            raise UnsupportedVariant(f"{path} is packed by {self.compression}, which segue does not know; save it with gzip", path=path) from error
        except n5_packing.BROKEN as error:
            raise Malformed(f"{path} is damaged ({error}); take it from a backup", path=path, expected="a block of N5") from error


def _decoded(data: bytes, dtype: np.dtype[Any], block: tuple[int, ...], compression: str) -> Array:
    mode, dimensions = struct.unpack_from(">HH", data)
    if dimensions != len(block) or mode not in (0, 1):
        raise ValueError("its head is of another array")
    shape = tuple(reversed(struct.unpack_from(f">{dimensions}I", data, 4)))
    if any(size > most for size, most in zip(shape, block, strict=True)):
        raise ValueError("it is larger than the blocks of its array")
    start = 4 + 4 * dimensions + 4 * mode
    size = math.prod(shape) * dtype.itemsize
    plain = n5_packing.unpacked(data[start:], compression, size)
    if len(plain) < size or (compression != "raw" and len(plain) > size):
        raise ValueError("its size is wrong")
    return np.frombuffer(plain, dtype.newbyteorder(">"), math.prod(shape)).reshape(shape)


def attributes_of(folder: Path) -> dict[str, Any]:
    """What ``attributes.json`` says; empty where there is none.

    Raises
    ------
    Malformed, TooLarge, NotFound
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        found = json.loads(Source(path).read_bytes(MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path} is no JSON; take it from a backup", path=path, expected="JSON") from error
    return found if isinstance(found, dict) else {}


def describe(folder: Path) -> list[N5Data]:
    """All arrays of numbers in a folder, in the order of their names.

    Raises
    ------
    Malformed, TooLarge, NotFound
    """
    return list(_walk(folder))


def _walk(root: Path) -> Iterator[N5Data]:
    waiting, seen = [("", 0)], 0
    while waiting:
        path, depth = waiting.pop()
        seen += 1
        if seen > MOST_FOLDERS:
            raise TooLarge(f"{root} holds more than {MOST_FOLDERS:,} folders; name the array that you want: {root}/PATH/OF/IT", path=root)
        folder = root / path
        attributes = attributes_of(folder)
        if "dimensions" in attributes:
            found = _described(path, folder, attributes)
            if found is not None:
                yield found
        elif depth < DEEPEST:
            waiting += [(f"{path}/{name}".strip("/"), depth + 1) for name in reversed(_folders(folder))]


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())
    except OSError as error:
        raise NotFound(f"{folder} cannot be read: {error.strerror}", path=folder) from error


def _described(path: str, folder: Path, attributes: dict[str, Any]) -> N5Data | None:
    name: Any = attributes.get("dataType")
    shape: Any = attributes.get("dimensions")
    block: Any = attributes.get("blockSize")
    if isinstance(name, str) and name not in TYPES:
        return None
    if not (_sizes(shape) and _sizes(block) and isinstance(name, str) and len(shape) == len(block) and 0 not in block):
        raise Malformed(f"{folder / NAME} does not describe an array; take it from a backup", path=folder / NAME, expected="dimensions, blockSize, dataType")
    dtype = np.dtype(name)
    if math.prod(block) * dtype.itemsize > MOST_BLOCK or math.prod(shape) * dtype.itemsize >= 1 << 62:
        raise TooLarge(f"{folder} has blocks of {' x '.join(map(str, block))} pixels, too large to be read", path=folder)
    packing = attributes.get("compression", attributes.get("compressionType", "raw"))
    kind = packing.get("type") if isinstance(packing, dict) else packing
    return N5Data(path, folder, tuple(reversed(shape)), dtype, tuple(reversed(block)), str(kind), attributes)


def _sizes(found: Any) -> bool:
    return isinstance(found, list) and 0 < len(found) <= 32 and all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 1 << 62 for one in found)


@contextmanager
def new_array(
    sink: Sink, name: str, pixels: Pixels, block: Sequence[int], compression: str, level: int, attributes: Mapping[str, Any]
) -> Iterator[ChunkedBlocks]:
    """A new container with one array, whose blocks are put into it.

    Parameters
    ----------
    sink
        Where it goes.
    name
        The path of the array.
    pixels
        What is written; only its shape, number type and chunks are looked at.
    block
        Sizes of the blocks.
    compression, level
        See `n5_packing.packed`.
    attributes
        Besides those that describe the array; what JSON holds.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    sizes = {"dimensions": list(reversed(pixels.shape)), "blockSize": list(reversed(block)), "dataType": pixels.dtype.name}
    with sink.folder() as root:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(root, {"n5": VERSION})
        _write_json(folder, {**sizes, "compression": n5_packing.described(compression, level), **attributes})
        encode = partial(_encoded, compression=compression, level=level, compiled=math.prod(pixels.shape) * pixels.dtype.itemsize >= LARGE)
        yield ChunkedBlocks(pixels, block, encode, partial(_store, folder, tuple(block)))


def _write_json(folder: Path, content: Mapping[str, Any]) -> None:
    (folder / NAME).write_text(json.dumps(dict(content), sort_keys=True, indent=1), encoding="utf-8")


def _encoded(block: Array, *, compression: str, level: int, compiled: bool) -> bytes:
    head = struct.pack(f">HH{block.ndim}I", 0, block.ndim, *reversed(block.shape))
    return head + n5_packing.packed(np.ascontiguousarray(block, block.dtype.newbyteorder(">")).tobytes(), compression, level, compiled=compiled)


def _store(folder: Path, block: tuple[int, ...], start: tuple[int, ...], data: bytes) -> None:
    path = folder.joinpath(*(str(at // size) for at, size in zip(reversed(start), reversed(block), strict=True)))
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
