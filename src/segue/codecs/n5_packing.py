"""How blocks of N5 are packed: each kind of compression by its name in ``attributes.json``."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from importlib import import_module
from typing import Any

import numpy as np

from segue.codecs.deflate import gzip_packed

_LZ4_MARK = b"LZ4Block"
_LZ4_HEAD = struct.Struct("<8sBiii")
_LZ4_STORED, _LZ4_PACKED = 0x10, 0x20
BROKEN = (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, RuntimeError, struct.error, MemoryError)
"""What the unpacking of damaged blocks raises."""


def described(compression: str, level: int) -> dict[str, Any]:
    """What stands in ``attributes.json``."""
    kinds: dict[str, dict[str, Any]] = {
        "none": {"type": "raw"},
        "gzip": {"type": "gzip", "level": level, "useZlib": False},
        "zstd": {"type": "zstd", "level": level},
    }
    return kinds[compression]


def packed(data: bytes, compression: str, level: int, *, compiled: bool = False) -> bytes:
    """A block as it is stored: ``none``, ``gzip`` (see `deflate.gzip_packed`) or ``zstd``."""
    if compression == "gzip":
        return gzip_packed(data, level, compiled=compiled)
    if compression == "zstd":
        return bytes(_numcodecs("zstd").compress(data, level))
    return data


def unpacked(data: bytes, kind: str, size: int) -> bytes:
    """At most ``size`` bytes of a block (raw, gzip, bzip2, xz, zstd, blosc, lz4).

    Raises
    ------
    LookupError
        There is no such kind.
    ValueError, OSError, RuntimeError, zlib.error, lzma.LZMAError
        It is damaged, or larger.
    """
    if kind == "raw":
        return data
    if kind == "gzip":
        return zlib.decompressobj(47).decompress(data, size + 1)
    if kind == "bzip2":
        return bz2.BZ2Decompressor().decompress(data, size + 1)
    if kind == "xz":
        return lzma.LZMADecompressor(memlimit=1 << 28).decompress(data, size + 1)
    if kind == "lz4":
        return _lz4(data, size)
    if kind not in {"zstd", "blosc"}:
        raise LookupError(kind)
    room = np.empty(size, np.uint8)
    _numcodecs(kind).decompress(data, room)  # refuses what is of another size
    return room.tobytes()


def _numcodecs(kind: str) -> Any:
    """The module of numcodecs (a dependency of zarr) that packs in a way."""
    return import_module(f"numcodecs.{kind}")


def _lz4(data: bytes, size: int) -> bytes:
    """The stream of blocks that lz4-java writes."""
    found, at = b"", 0
    while at < len(data) and len(found) < size:
        mark, token, packed_size, plain_size, _ = _LZ4_HEAD.unpack_from(data, at)
        at += _LZ4_HEAD.size
        if mark != _LZ4_MARK or packed_size < 0 or not 0 <= plain_size <= size - len(found) or token & 0xF0 not in (_LZ4_STORED, _LZ4_PACKED):
            raise ValueError("it is no LZ4 block")
        part = data[at : at + packed_size]
        found += part if token & 0xF0 == _LZ4_STORED or not plain_size else bytes(_numcodecs("lz4").decompress(struct.pack("<I", plain_size) + part))
        at += packed_size
    return found
