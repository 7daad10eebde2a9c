"""The structure of a TIFF file: every page with the tags that segue needs, checked against the size of the file.

Written from the TIFF 6.0 specification (Adobe, 1992) and the BigTIFF extension. Libraries that read TIFF leniently return the intact first
pages of a file that was cut off; here the chain of pages is followed to its end, and whatever leads out of the file is an error.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from segue.errors import Malformed, TooLarge, WrongFormat

MOST_PAGES = 1_000_000
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_WANTED = frozenset(
    {
        254,
        256,
        257,
        258,
        259,
        262,
        266,
        270,
        273,
        277,
        278,
        279,
        282,
        283,
        284,
        285,
        296,
        317,
        320,
        322,
        323,
        324,
        325,
        330,
        338,
        339,
        32997,
        33629,
        50838,
        50839,
    }
)

Values = tuple[int, ...] | tuple[float, ...] | bytes


@dataclass
class Page:
    """One image file directory (IFD)."""

    offset: int
    tags: dict[int, Values] = field(default_factory=dict)

    def number(self, tag: int, default: int | None = None) -> int:
        values = self.numbers(tag)
        if values:
            return values[0]
        if default is None:
            raise KeyError(tag)
        return default

    def numbers(self, tag: int) -> tuple[int, ...]:
        values = self.tags.get(tag, ())
        return tuple(int(value) for value in values) if not isinstance(values, bytes) else ()

    def text(self, tag: int) -> str:
        """A text tag; UTF-8 as most programs write, else Latin-1."""
        value = self.tags.get(tag, b"")
        data = value if isinstance(value, bytes) else b""
        data = data.split(b"\0")[0]
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("latin-1")


@dataclass(frozen=True)
class Structure:
    """All pages of the main chain, in order."""

    byte_order: str
    """``<`` or ``>``."""
    big: bool
    size: int
    """Bytes of the file."""
    pages: tuple[Page, ...]


def read_structure(path: Path) -> Structure:
    """Follow the chain of pages.

    Raises
    ------
    WrongFormat
        The file does not start like a TIFF.
    Malformed
        Something points out of the file, the chain goes in a circle, or there is no page.
    """
    with path.open("rb") as file:
        return _Walk(path, file).structure()


class _Walk:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.size = file.seek(0, 2)
        head = self._bytes(0, min(self.size, 16), "the header")
        self.order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        version = struct.unpack(f"{self.order}H", head[2:4])[0] if self.order and len(head) >= 4 else 0
        self.big = version == 43
        if version not in {42, 43}:
            raise WrongFormat(f"{path} is not a TIFF file: it does not start with a TIFF header", path=path, expected="II*. or MM.*")
        start, end = (8, 16) if self.big else (4, 8)
        if len(head) < end:
            raise self.bad(0, "the header is cut off")
        self.first: int = struct.unpack(f"{self.order}{'Q' if self.big else 'I'}", head[start:end])[0]

    def bad(self, position: int, what: str) -> Malformed:
        return Malformed(f"{self.path} is damaged or incomplete: {what} (byte {position:,})", path=self.path, position=f"byte {position}", expected=what)

    def structure(self) -> Structure:
        pages: list[Page] = []
        seen: set[int] = set()
        offset = self.first
        while offset:
            if offset in seen:
                raise self.bad(offset, "its pages refer to each other in a circle")
            if len(pages) >= MOST_PAGES:
                raise TooLarge(f"{self.path} has more than {MOST_PAGES:,} pages", path=self.path, limit=MOST_PAGES)
            seen.add(offset)
            page, offset = self._page(offset)
            pages.append(page)
        if not pages:
            raise self.bad(0, "it has no page")
        return Structure(self.order, self.big, self.size, tuple(pages))

    def _page(self, offset: int) -> tuple[Page, int]:
        count_size, entry_size, pointer = (8, 20, "Q") if self.big else (2, 12, "I")
        (count,) = struct.unpack(f"{self.order}{'Q' if self.big else 'H'}", self._bytes(offset, count_size, "a page starts beyond its end"))
        if not 0 < count < 4096:
            raise self.bad(offset, f"a page with {count:,} entries")
        table = self._bytes(offset + count_size, count * entry_size + struct.calcsize(pointer), "the description of a page is cut off")
        page = Page(offset)
        for at in range(0, count * entry_size, entry_size):
            self._entry(page, table[at : at + entry_size], offset + count_size + at)
        (following,) = struct.unpack_from(f"{self.order}{pointer}", table, count * entry_size)
        return page, following

    def _entry(self, page: Page, entry: bytes, position: int) -> None:
        tag, kind = struct.unpack_from(f"{self.order}HH", entry)
        if tag not in _WANTED or kind not in _SIZES:
            return
        (count,) = struct.unpack_from(f"{self.order}{'Q' if self.big else 'I'}", entry, 4)
        length, room = count * _SIZES[kind], 8 if self.big else 4
        if length <= room:
            data = entry[-room:][:length]
        else:
            (start,) = struct.unpack(f"{self.order}{'Q' if self.big else 'I'}", entry[-room:])
            data = self._bytes(start, length, f"the value of tag {tag} lies beyond its end")
        page.tags[tag] = data if kind in {2, 7} else self._values(kind, count, data)

    def _values(self, kind: int, count: int, data: bytes) -> tuple[int, ...] | tuple[float, ...]:
        code = _CODES[kind]
        return struct.unpack(f"{self.order}{count * len(code)}{code[0]}", data)

    def _bytes(self, offset: int, length: int, what: str) -> bytes:
        if offset < 0 or offset + length > self.size:
            raise self.bad(min(offset, self.size), what)
        self.file.seek(offset)
        data = self.file.read(length)
        if len(data) != length:
            raise self.bad(offset, what)
        return data
