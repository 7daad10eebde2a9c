"""Records of a text table, one by one: for the first lines, and for lines whose quotes break the rules. Linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from mmap import mmap

_QUOTED = re.compile(rb'"(?:[^"]|"")*+')
_LONGEST = 1 << 20
"""Bytes that one record with line breaks in quotes may have."""


@dataclass(frozen=True)
class Record:
    """One record."""

    line: int
    """Number of its first line, from 1."""
    start: int
    end: int
    """Its bytes, with the line end."""
    cells: tuple[str | None, ...]
    """Texts; None = empty and not quoted."""
    clean: bool
    """Whether its quotes are those of RFC 4180."""


@lru_cache(maxsize=16)
def _strict(delimiter: str) -> re.Pattern[bytes]:
    d = re.escape(delimiter.encode())
    return re.compile(rb'(?:"((?:[^"]|"")*+)"|([^"\n' + d + rb"]*+))(" + d + rb"|\r?\n|\Z)")


def records(data: bytes | mmap, delimiter: str, *, most: int | None = None) -> Iterator[Record]:
    """The records of a text, at most ``most`` of them."""
    reader, start, line, count = Reader(data, delimiter), 0, 1, 0
    while start < len(data) and (most is None or count < most):
        record = reader.record(start, line)
        yield record
        line += data[start : record.end].count(b"\n")
        start, count = record.end, count + 1


class Reader:
    """Reads single records of a text.

    Where quotes break the rules of RFC 4180, a quote ends a quoted text only in front of a delimiter or at the end of the line, and other quotes
    belong to the text; a text whose quote is never closed ends at its delimiter or with its line.
    """

    def __init__(self, data: bytes | mmap, delimiter: str) -> None:
        self.data = data
        self.delimiter = delimiter
        self.strict = _strict(delimiter)
        self.left = 4 * len(data) + _LONGEST
        """Bytes that may still be looked at in vain: keeps the time linear, whatever the quotes."""

    def record(self, start: int, line: int, width: int | None = None) -> Record:
        """The record that starts at a byte, which is the begin of a line; ``width`` = how many cells it should have."""
        found = self.data.find(b"\n", start)
        end = len(self.data) if found < 0 else found + 1
        if self.data.find(b'"', start, end) < 0:
            cells = tuple(_text(cell) if cell else None for cell in _body(self.data[start:end]).split(self.delimiter.encode()))
            return Record(line, start, end, cells, clean=True)
        return self._by_the_rules(start, end, line) or Record(line, start, end, _lenient(_body(self.data[start:end]), self.delimiter, width), clean=False)

    def _by_the_rules(self, start: int, end_of_line: int, line: int) -> Record | None:
        limit = min(len(self.data), max(end_of_line, start + min(self.left, _LONGEST)))
        at, cells, delimiter = start, [], self.delimiter.encode()
        while True:
            match = self.strict.match(self.data, at, limit)
            if match is None or (match.end() == limit < len(self.data) and not match[3]):
                text = _QUOTED.match(self.data, at, limit)
                self.left -= (at if text is None else text.end()) - start
                return None
            at = match.end()
            last = match[3] != delimiter
            cells.append(_quoted(match[1]) if match[1] is not None else _text(match[2].removesuffix(b"\r") if last else match[2]) or None)
            if last:
                return Record(line, start, at, tuple(cells), clean=True)


def _lenient(body: bytes, delimiter: str, width: int | None) -> tuple[str | None, ...]:
    """The cells of a line with unruly quotes; a quoted text takes delimiters in where there are more cells than there should be."""
    cells, marked = _cells(body, delimiter)
    if width is None or len(cells) <= width or not any(marked):
        return tuple(cells)
    nth, extra = marked.index(True), len(cells) - width
    joined = f'"{delimiter}'.join(cell or "" for cell in cells[nth : nth + extra + 1])
    if nth + extra < len(cells) and joined.endswith('"'):
        return (*cells[:nth], joined[:-1], *cells[nth + extra + 1 :])
    return tuple(cells)


def _cells(body: bytes, delimiter: str) -> tuple[list[str | None], list[bool]]:
    """(cells, whether each was quoted)."""
    d = delimiter.encode()
    cells: list[str | None] = []
    marked: list[bool] = []
    at, close = 0, 0
    while True:
        begin = at + (body[at : at + 2] == b' "')
        quote = body[begin : begin + 1] == b'"'
        if quote and close >= 0 and close <= begin:
            close = body.find(b'"' + d, begin + 1)
            close = len(body) - 1 if close < 0 and len(body) - 1 > begin and body.endswith(b'"') else close
        quote = quote and close > begin
        if quote:
            end = close + 1
            cells.append(_quoted(body[begin + 1 : close]))
        else:
            found = body.find(d, at)
            end = len(body) if found < 0 else found
            cells.append(_text(body[at:end]) or None)
        marked.append(quote)
        if end >= len(body):
            return cells, marked
        at = end + 1


def quoted(cell: str | None, delimiter: str, *, first: bool = False) -> str:
    """A cell as RFC 4180 wants it; ``first`` = it stands at the very begin of the file."""
    if cell is None:
        return ""
    unsafe = cell == "" or any(mark in cell for mark in ('"', "\n", "\r", delimiter)) or (first and cell[:1] in ("\ufeff", "#")) or cell[:4].lower() == "sep="
    return '"' + cell.replace('"', '""') + '"' if unsafe else cell


def _body(line: bytes) -> bytes:
    return line[:-2] if line.endswith(b"\r\n") else line[:-1] if line.endswith(b"\n") else line


def _quoted(text: bytes) -> str:
    return _text(text.replace(b'""', b'"'))


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace")
