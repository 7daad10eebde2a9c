"""Writing ZIP files block by block from one buffer and offsets; the same input gives the same bytes, always.

Every entry is dated 1980-01-01 and its name is marked as UTF-8. ZIP64 records appear only where they are needed. Source: APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_DATE = 33
"""1980-01-01 in the format of DOS."""
_UTF8 = 0x800
_WIDE = 0xFFFFFFFF
_POOL_FROM = 1 << 20
"""Fewer bytes than this are packed by one thread: a pool would cost more than it saves."""


class ZipWriter:
    """Writes entries to a binary file in the order in which they are added.

    Parameters
    ----------
    file
        Open for writing, at its beginning.
    level
        0 = stored, 1 (fast) to 9 (small) = deflated.
    threads
        How many threads deflate.
    """

    def __init__(self, file: BinaryIO, *, level: int = 1, threads: int = 2) -> None:
        self._file = file
        self._level = level
        self._threads = threads
        self._directory: list[bytes] = []
        self._count = 0
        self._at = 0

    def add(self, names: Sequence[str], buffer: NDArray[np.uint8], start: NDArray[np.int64]) -> None:
        """Write entries ``buffer[start[i]:start[i + 1]]`` under the given names."""
        view = np.ascontiguousarray(buffer).data
        contents = [view[a:b] for a, b in pairwise(start.tolist())]
        out: list[Any] = []
        for name, content, packed in zip(names, contents, self._packed(contents), strict=True):
            self._entry(name.encode(), content, packed, out)
        self._file.write(b"".join(out))

    def finish(self, comment: bytes = b"") -> None:
        """Write the directory; ``comment`` may have up to 65,535 bytes."""
        if len(comment) > 0xFFFF:
            raise ValueError("the comment of a ZIP file has at most 65,535 bytes")
        directory = b"".join(self._directory)
        count, length, at = self._count, len(directory), self._at
        self._file.write(directory)
        if count > 0xFFFE or length >= _WIDE or at >= _WIDE:
            self._file.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, length, at))
            self._file.write(struct.pack("<IIQI", 0x07064B50, 0, at + length, 1))
        few = min(count, 0xFFFF)
        self._file.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, min(length, _WIDE), min(at, _WIDE), len(comment)) + comment)

    def _entry(self, name: bytes, content: memoryview, packed: bytes | memoryview, out: list[Any]) -> None:
        method = 8 if self._level else 0
        crc, size, length, at = zlib.crc32(content), len(content), len(packed), self._at
        if max(size, length, at) < _WIDE:
            local = central = b""
            version, stated = 20, (length, size)
            place = at
        else:
            local, central = struct.pack("<HHQQ", 1, 16, size, length), struct.pack("<HHQQQ", 1, 24, size, length, at)
            version, stated, place = 45, (_WIDE, _WIDE), _WIDE
        out += (_LOCAL.pack(0x04034B50, version, _UTF8, method, 0, _DATE, crc, *stated, len(name), len(local)), name, local, packed)
        record = _CENTRAL.pack(0x02014B50, version, version, _UTF8, method, 0, _DATE, crc, *stated, len(name), len(central), 0, 0, 0, 0, place)
        self._directory.append(record + name + central)
        self._count += 1
        self._at += _LOCAL.size + len(name) + len(local) + length

    def _packed(self, contents: list[memoryview]) -> Sequence[bytes | memoryview]:
        if not self._level:
            return contents
        if self._threads < 2 or sum(map(len, contents)) < _POOL_FROM:
            return [deflated(content, self._level) for content in contents]
        chunk = -(-len(contents) // self._threads)
        parts = [contents[begin : begin + chunk] for begin in range(0, len(contents), chunk)]
        with ThreadPoolExecutor(self._threads) as pool:
            done = pool.map(lambda part: [deflated(content, self._level) for content in part], parts)
            return [packed for part in done for packed in part]


def deflated(content: memoryview, level: int) -> bytes:
    """A raw deflate stream. Short contents get a small window and little memory: setting up the usual ones takes longer than packing."""
    small = len(content) <= 1024
    packer = zlib.compressobj(level, zlib.DEFLATED, -10 if small else -15, 3 if small else 8)
    return packer.compress(content) + packer.flush()
