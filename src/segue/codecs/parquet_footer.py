"""What a Parquet file says at its end, without a library: the names of its columns and of its key-value texts, to recognise it by.

The footer is a Thrift record (compact protocol; parquet-format 2.12, ``FileMetaData``). Only its beginning, the schema, is taken apart;
everything else is left to `segue.codecs.parquet_foreign` and `segue.codecs.parquet_layout`.
"""

from __future__ import annotations

from dataclasses import dataclass

from segue.codecs.thrift import BINARY, LIST, Compact
from segue.storage.source import Source

MAGIC = b"PAR1"
_PART = 1 << 20
"""Bytes of the beginning and of the end of the footer that are looked at."""
_MOST = 100_000
"""Columns and struct members that are looked at."""


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
        for name, children in _Schema(footer).pairs():
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


class _Schema(Compact):
    """The names in the beginning of a footer."""

    def pairs(self) -> list[tuple[str, int]]:
        """(name, number of members) in depth-first order; as many as can be made out."""
        found: list[tuple[str, int]] = []
        for field, kind in self.fields():
            if field == 2 and kind == LIST:
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
            if field == 4 and kind == BINARY:
                name = self.taken(self.varint()).decode("utf-8", "replace")
            elif field == 5 and kind in (4, 5, 6):
                children = max(0, self.value(kind))
            else:
                self.skip(kind)
        return name, children
