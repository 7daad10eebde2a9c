"""What a Parquet file says at its end, without a library: the names of its columns and of its key-value texts, to recognise it by.

The footer is a Thrift record (compact protocol; parquet-format 2.12, ``FileMetaData``). Only its beginning, the schema, is taken apart;
everything else is left to `segue.codecs.parquet_foreign`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segue.storage.source import Source

MAGIC = b"PAR1"
_PART = 1 << 20
"""Bytes of the beginning and of the end of the footer that are looked at."""
_MOST = 100_000
"""Columns and struct members that are looked at."""
_DEEPEST = 16

_BINARY, _LIST, _SET, _MAP, _STRUCT = 8, 9, 10, 11, 12


@dataclass(frozen=True)
class Look:
    """What was seen."""

    columns: tuple[str, ...]
    """Names of the outermost columns, in order."""
    end: bytes
    """The end of the footer, which holds the key-value texts."""

    def has(self, *columns: str) -> bool:
        """Whether all these columns are there."""
        return set(columns) <= set(self.columns)

    def states(self, key: str) -> bool:
        """Whether there is a key-value text of this name (of at most 127 characters)."""
        name = key.encode()
        return b"\x18" + bytes([len(name)]) + name + b"\x18" in self.end


def look(source: Source) -> Look | None:
    """The names in a Parquet file; None if it is none. Of a damaged file as many names as can be made out. Never raises but for files that are gone."""
    if source.head(4) != MAGIC or source.size < 12:
        return None
    with source.path.open("rb") as file:
        file.seek(source.size - 8)
        tail = file.read(8)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != MAGIC or length > source.size - 12:
            return None
        first = source.size - 8 - length
        file.seek(first)
        begin = file.read(min(length, _PART))
        file.seek(max(first, source.size - 8 - _PART))
        end = file.read(min(length, _PART))
    return Look(_columns(begin), end)


def _columns(footer: bytes) -> tuple[str, ...]:
    """The outermost names of the schema: the second field, a list of (name, number of members) in depth-first order."""
    names: list[str] = []
    inner = -1
    try:
        for name, children in _Reader(footer).schema():
            if inner > 0:
                inner += children - 1
            elif inner == 0:
                names.append(name)
                inner = children
            else:  # the root
                inner = 0
    except (IndexError, ValueError, RecursionError):
        pass
    return tuple(names)


class _Reader:
    """Reads a Thrift compact record from the beginning of ``data``; stops with IndexError or ValueError where it makes no sense."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def schema(self) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for field, kind in self.fields():
            if field == 2 and kind == _LIST:
                count, _ = self.sequence()
                try:
                    found += [self.element() for _ in range(min(count, _MOST))]
                except (IndexError, ValueError):
                    return found
                return found
            self.skip(kind)
        return found

    def element(self) -> tuple[str, int]:
        name, children = "", 0
        for field, kind in self.fields():
            if field == 4 and kind == _BINARY:
                length = self.varint()
                name = self.taken(length).decode("utf-8", "replace")
            elif field == 5 and kind in (4, 5, 6):
                number = self.varint()
                children = max(0, (number >> 1) ^ -(number & 1))
            else:
                self.skip(kind)
        return name, children

    def fields(self) -> Iterator[tuple[int, int]]:
        field = 0
        while (head := self.byte()) != 0:
            step, kind = head >> 4, head & 15
            number = 0 if step else self.varint()
            field = field + step if step else (number >> 1) ^ -(number & 1)
            yield field, kind

    def sequence(self) -> tuple[int, int]:
        head = self.byte()
        return (head >> 4 if head >> 4 < 15 else self.varint()), head & 15

    def skip(self, kind: int, depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if kind == 3:
            self.at += 1
        elif kind in (4, 5, 6):
            self.varint()
        elif kind == 7:
            self.at += 8
        elif kind == _BINARY:
            self.taken(self.varint())
        elif kind in (_LIST, _SET):
            count, inner = self.sequence()
            for _ in range(count):
                self.at += inner in (1, 2)
                self.skip(inner, depth + 1)
        elif kind == _STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind not in (1, 2):
            raise ValueError("an unknown type")

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number too long")

    def byte(self) -> int:
        value = self.data[self.at]
        self.at += 1
        return value

    def taken(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise IndexError("beyond the end")
        self.at += length
        return self.data[self.at - length : self.at]
