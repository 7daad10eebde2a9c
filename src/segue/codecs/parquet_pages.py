"""The pages of a column of numbers, as one array."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.codecs.parquet_layout import PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY, Chunk, Numbers
from segue.codecs.parquet_unpack import NONE, unpack
from segue.codecs.thrift import Compact, Record

ODD = (ValueError, IndexError, LookupError, TypeError, AttributeError, RuntimeError, OverflowError, MemoryError, zlib.error)
"""What reading raises where a column is damaged, or written in a way that is not known here."""
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_WIDEST = 32
Bytes = NDArray[np.uint8]
ABSENT_OR_PRESENT = np.array([0, 1], np.uint8)


def numbers(column: Numbers, read: Callable[[int, int], bytes]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The values of a column, and where there are some; None = everywhere. Values that are missing are 0.

    Memory: the column, as it is filled, and the largest of its pages twice.

    Parameters
    ----------
    column
        Where it lies.
    read
        The bytes of the file from a place on, so many.

    Raises
    ------
    Whatever is in ``ODD``
        It is damaged, or written in a way that is not known here.
    """
    out = _Column(np.empty(column.rows, f"<{column.stored}"), optional=column.optional)
    for chunk in column.chunks:
        out.take(chunk, read(chunk.begin, chunk.length))
    return out.values.astype(column.dtype, copy=False), out.present


@dataclass
class _Column:
    """A column that is being filled."""

    values: NDArray[Any]
    optional: bool
    present: NDArray[np.bool_] | None = None
    done: int = 0
    _room: Bytes | None = None

    def take(self, chunk: Chunk, data: bytes) -> None:
        """Append the pages of a group of rows."""
        at, end, table = 0, self.done + chunk.rows, None
        while self.done < end:
            reader = Compact(data, at)
            head = reader.record()
            at = reader.at + head[3]
            body = memoryview(data)[reader.at : at]
            if head[3] < 0 or head[2] < 0 or len(body) != head[3]:
                raise IndexError("a page beyond the end")
            if head[1] == _DICTIONARY:
                table = self._dictionary(head, body, chunk, table)
            elif head[1] in (_DATA, _DATA_2):
                if not 0 < head[5 if head[1] == _DATA else 8][1] <= end - self.done:
                    raise ValueError("a page of no rows, or of more than there are")
                self._page(head, body, chunk, table)
            else:
                raise ValueError("an unknown page")
        if at != len(data):
            raise ValueError("pages that nobody needs")

    def _dictionary(self, head: Record, body: memoryview, chunk: Chunk, before: object) -> NDArray[Any]:
        count, encoding = head[7][1], head[7][2]
        if before is not None or encoding not in (PLAIN, PLAIN_DICTIONARY) or count * self.values.itemsize != head[2]:
            raise ValueError("an unusual dictionary")
        return self._unpacked(body, chunk.codec, head[2], chunk.rows).view(self.values.dtype).copy()

    def _page(self, head: Record, body: memoryview, chunk: Chunk, table: NDArray[Any] | None) -> None:
        count, encoding, levels, values = self._first(head, body, chunk) if head[1] == _DATA else self._second(head, body, chunk)
        rows = slice(self.done, self.done + count)
        mask = self._mask(levels, count)
        if mask is None:
            self._fill(self.values[rows], encoding, values, table)
        else:
            found = np.empty(np.count_nonzero(mask), self.values.dtype)
            self._fill(found, encoding, values, table)
            self.values[rows] = 0
            self.values[rows][mask] = found
        if mask is not None or self.present is not None:
            self.present = np.ones(len(self.values), np.bool_) if self.present is None else self.present
            self.present[rows] = True if mask is None else mask
        self.done += count

    def _first(self, head: Record, body: memoryview, chunk: Chunk) -> tuple[int, int, Bytes | None, Bytes]:
        """(rows, encoding, levels, values) of a page of the first version: all of it is compressed."""
        facts = head[5]
        plain = self._unpacked(body, chunk.codec, head[2], facts[1])
        if not self.optional:
            return facts[1], facts[2], None, plain
        length = int.from_bytes(plain[:4].tobytes(), "little")
        if facts[3] != RLE or len(plain) < 4 + length:
            raise ValueError("unusual levels")
        return facts[1], facts[2], plain[4 : 4 + length], plain[4 + length :]

    def _second(self, head: Record, body: memoryview, chunk: Chunk) -> tuple[int, int, Bytes | None, Bytes]:
        """The same of the second version: levels are never compressed."""
        facts = head[8]
        length = facts[5]
        if facts[6] != 0 or not 0 <= length <= min(len(body), head[2]) or bool(length) != self.optional:
            raise ValueError("unusual levels")
        codec = chunk.codec if facts.get(7, True) else NONE
        values = self._unpacked(body[length:], codec, head[2] - length, facts[1])
        return facts[1], facts[4], np.frombuffer(body[:length], np.uint8) if self.optional else None, values

    def _mask(self, levels: Bytes | None, count: int) -> NDArray[np.bool_] | None:
        """Where there are values; None = everywhere."""
        if levels is None:
            return None
        start = Compact(levels[:16].tobytes())
        run = start.varint()
        if not run & 1 and run >> 1 >= count and start.byte() == 1:
            return None
        found = np.empty(count, np.uint8)
        _look_up(levels, 1, ABSENT_OR_PRESENT, found)
        return None if found.all() else found.view(np.bool_)

    def _fill(self, out: NDArray[Any], encoding: int, values: Bytes, table: NDArray[Any] | None) -> None:
        if encoding == PLAIN:
            if len(values) != out.nbytes:
                raise ValueError("a page of another length")
            out.view(np.uint8)[:] = values
            return
        if encoding not in (PLAIN_DICTIONARY, RLE_DICTIONARY) or table is None:
            raise ValueError("an unusual encoding")
        if not len(out):
            return
        if values[0] > _WIDEST:
            raise ValueError("numbers that are too wide")
        same = np.dtype(f"u{out.itemsize}")  # bits are bits
        _look_up(values[1:], int(values[0]), table.view(same), out.view(same))

    def _unpacked(self, body: memoryview, codec: int, size: int, rows: int) -> Bytes:
        """A page, in room that the next page takes again."""
        if size > 16 * rows + (1 << 16):
            raise ValueError("a page larger than its rows need")
        if codec == NONE:
            if len(body) != size:
                raise ValueError("a page of another length")
            return np.frombuffer(body, np.uint8)
        if self._room is None or len(self._room) < size:
            self._room = np.empty(size, np.uint8)
        unpack(body, codec, self._room[:size])
        return self._room[:size]


def _look_up(data: Bytes, width: int, table: NDArray[Any], out: NDArray[Any]) -> None:
    from segue.codecs.parquet_runs_kernel import look_up

    if not look_up(data, width, table, out):
        raise ValueError("damaged runs of numbers")
