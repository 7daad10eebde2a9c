"""All entries of a ZIP file as one buffer: no object per entry, nothing ever unpacked onto a disk."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.codecs.zip_directory import DEFLATED, Directory, Limits, read_directory
from segue.errors import Malformed

_SHORT = 1024
"""Packed bytes that cannot become more than a megabyte, so that they may be unpacked without looking at every step."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Entry i is ``buffer[start[i]:start[i + 1]]``, in the order of the directory. Equal names stay separate entries."""

    buffer: NDArray[np.uint8]
    """Read-only."""
    start: NDArray[np.int64]
    """(entries + 1,)"""
    names: list[str]
    """Names as data: absolute ones and ``..`` come through unchanged, so never use one as a path."""
    comment: bytes

    def __len__(self) -> int:
        return len(self.names)


def read_zip(data: bytes | memoryview, limits: Limits | None = None) -> Entries:
    """Unpack a whole ZIP file (stored or deflated, ZIP64 or not).

    Raises
    ------
    Malformed, TooLarge, UnsupportedVariant
        See `read_directory`; also Malformed where an entry's bytes do not have the stated size or checksum.
    """
    view = memoryview(data)
    found = read_directory(view, limits)
    start = np.zeros(len(found.names) + 1, np.int64)
    np.cumsum(found.size, out=start[1:])
    buffer = np.empty(int(start[-1]), np.uint8)
    _unpack(view, found, buffer.data, start)
    buffer.flags.writeable = False
    return Entries(buffer, start, found.names, found.comment)


def unpacked(data: bytes | memoryview, found: Directory, row: int) -> bytes:
    """One entry of an archive whose directory was read.

    Raises
    ------
    Malformed
        Its bytes do not have the stated size or checksum.
    """
    out = bytearray(int(found.size[row]))
    part = slice(row, row + 1)
    one = Directory(found.names[part], found.method[part], found.crc[part], found.at[part], found.packed[part], found.size[part], b"")
    _unpack(memoryview(data), one, memoryview(out), np.array([0, len(out)], np.int64))
    return bytes(out)


def _unpack(view: memoryview, found: Directory, out: memoryview, start: NDArray[np.int64]) -> None:
    columns = (found.at, found.at + found.packed, found.method == DEFLATED, found.crc, start[:-1], start[1:])
    for row, (a, b, deflated, crc, begin, end) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        content = _inflate(view[a:b], end - begin) if deflated else view[a:b]
        if content is None or len(content) != end - begin or zlib.crc32(content) != crc:
            what = f"this is not an intact ZIP file: the entry {found.names[row]!r} is damaged; copy or export it again"
            raise Malformed(what, position=f"byte {a}", expected="bytes of the stated size and checksum")
        out[begin:end] = content


def _inflate(packed: memoryview, size: int) -> bytes | None:
    """The unpacked bytes; None if they are damaged or more than ``size``. Memory stays near ``size``, whatever the bytes say."""
    try:
        if len(packed) <= _SHORT:
            return zlib.decompress(packed, -15, max(size, 1))
        stream = zlib.decompressobj(-15)
        content = stream.decompress(packed, size + 1)
    except zlib.error:
        return None
    return content if stream.eof else None
