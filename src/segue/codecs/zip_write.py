"""Writing ZIP files block by block from one buffer and offsets; the same input gives the same bytes, always.

Every entry is dated 1980-01-01 and its name is marked as UTF-8. ZIP64 records appear only where they are needed. Source: APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_LOCAL = np.dtype(
    {
        "names": "magic version flags method time date crc packed size name extra".split(),
        "formats": "<u4 <u2 <u2 <u2 <u2 <u2 <u4 <u4 <u4 <u2 <u2".split(),
    }
)
_CENTRAL = np.dtype(
    [("magic", "<u4"), ("made_by", "<u2"), *_LOCAL.descr[1:], ("comment", "<u2"), ("disk", "<u2"), ("inner", "<u2"), ("outer", "<u4"), ("local", "<u4")]
)
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
        if not len(names):
            return
        view = np.ascontiguousarray(buffer).data
        contents = [view[a:b] for a, b in pairwise(start.tolist())]
        packed = self._packed(contents)
        texts = [name.encode() for name in names]
        local, extra, central = self._headers(contents, texts, packed)
        self._file.write(b"".join(chain.from_iterable(zip(local, texts, extra, packed, strict=True))))
        self._directory.append(central)
        self._count += len(texts)

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

    def _headers(self, contents: list[memoryview], texts: list[bytes], packed: Sequence[Any]) -> tuple[list[bytes], list[bytes], bytes]:
        """Local headers, their extra fields, and the part of the directory that lists these entries."""
        size, length, name = (np.fromiter(map(len, many), np.int64, len(texts)) for many in (contents, packed, texts))
        total = _LOCAL.itemsize + name + length
        at = self._at + np.cumsum(total) - total
        wide = np.maximum(np.maximum(size, length), at + 20 * len(texts)) >= _WIDE
        if wide.any():
            at += 20 * (np.cumsum(wide) - wide)
        self._at = int(at[-1] + total[-1] + 20 * wide[-1])
        head = np.zeros(len(texts), _LOCAL)
        head["magic"], head["version"], head["flags"], head["method"] = 0x04034B50, np.where(wide, 45, 20), _UTF8, 8 if self._level else 0
        head["date"], head["crc"], head["name"] = _DATE, np.fromiter(map(zlib.crc32, contents), np.uint32, len(texts)), name
        head["packed"], head["size"], head["extra"] = np.where(wide, _WIDE, length), np.where(wide, _WIDE, size), np.where(wide, 20, 0)
        record = np.zeros(len(texts), _CENTRAL)
        for field in _LOCAL.names or ():
            record[field] = head[field]
        record["magic"], record["made_by"], record["extra"], record["local"] = 0x02014B50, head["version"], np.where(wide, 28, 0), np.where(wide, _WIDE, at)
        more: list[bytes] = [b""] * len(texts)
        places = list(more)
        for row in np.flatnonzero(wide).tolist():
            more[row] = struct.pack("<HHQQ", 1, 16, size[row], length[row])
            places[row] = struct.pack("<HHQQQ", 1, 24, size[row], length[row], at[row])
        return _each(head), more, b"".join(chain.from_iterable(zip(_each(record), texts, places, strict=True)))

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
    """A raw deflate stream."""
    return zlib.compress(content, level, -15)


def _each(records: NDArray[Any]) -> list[bytes]:
    """The bytes of each record."""
    raw, size = records.tobytes(), records.dtype.itemsize
    return [raw[at : at + size] for at in range(0, len(raw), size)]
