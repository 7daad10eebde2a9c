"""Reading FCS 2.0 to 3.2: the keywords of every data set, and its events as a view of the file, as one block or as columns.

Sizes are checked against the file before anything is allocated; what is read is one buffer beside the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from typing import Any

import numpy as np
import numpy.typing as npt

from segue.codecs.fcs_header import LENGTH, Header, Span, parse_header
from segue.codecs.fcs_layout import Layout, layout_of, whole
from segue.codecs.fcs_text import MOST_BYTES, parse_text
from segue.errors import Malformed, SourceChanged, TooLarge
from segue.storage.source import Source, unreadable

MOST_SETS = 10_000
_BUFFER = 1 << 19
"""Bytes of events that are turned into columns at a time: what stays in a processor's cache."""
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class DataSet:
    """One data set of a file (most files have one)."""

    source: Source
    version: str
    words: dict[str, str]
    """Keyword in upper case -> value; those of the supplemental TEXT too."""
    layout: Layout

    def view(self) -> Array:
        """The events as (event, channel), a read-only view of the file without a copy; needs one number type, and no masks.

        The file must not be cut off while the view is used: that ends the process.

        Raises
        ------
        ValueError
            The layout does not allow it.
        """
        even = self.layout.even
        if even is None or any(one.mask is not None for one in self.layout.channels):
            raise ValueError("only events of one number type without masks are a view of the file")
        shape = (self.layout.events, len(self.layout.channels))
        if not self.layout.events:
            return np.empty(shape, even)
        return np.memmap(self.source.path, even, "r", self.layout.begin, shape)

    def array(self) -> Array:
        """The events as (event, channel): the number type of the file, or the one that holds all of them.

        Raises
        ------
        NotFound, SourceChanged
        """
        even = self.layout.even
        if even is None or any(one.mask is not None for one in self.layout.channels):
            types = [self.layout.row[place].newbyteorder("=") for place in range(len(self.layout.channels))]
            whole_table = np.empty((self.layout.events, len(types)), np.result_type(*types))
            for place, column in enumerate(self.columns()):
                whole_table[:, place] = column
            return whole_table
        found = np.empty((self.layout.events, len(self.layout.channels)), even)
        with _opened(self.source) as file:
            _fill(file, self.layout.begin, found.reshape(-1).view(np.uint8), self.source)
        return found.astype(even.newbyteorder("="), copy=False)

    def columns(self) -> list[Array]:
        """The events channel by channel, in the number types of the file, in the byte order of this machine. One pass over the file.

        Raises
        ------
        NotFound, SourceChanged
        """
        layout = self.layout
        columns = [np.empty(layout.events, layout.row[place].newbyteorder("=")) for place in range(len(layout.channels))]
        for first, rows in _blocks(self.source, layout):
            for place, column in enumerate(columns):
                column[first : first + len(rows)] = rows[str(place)]
        for one, column in zip(layout.channels, columns, strict=True):
            if one.mask is not None:
                column &= column.dtype.type(one.mask)
        return columns


def data_sets(source: Source) -> list[DataSet]:
    """Every data set of a file, in order; the events are not read yet.

    Raises
    ------
    SourceError
        It is no FCS file, is damaged or cut off, or of a kind that segue cannot read.
    """
    found: list[DataSet] = []
    base = 0
    with _opened(source) as file:
        while True:
            one, following = _data_set(file, source, base)
            found.append(one)
            if not following:
                return found
            if len(found) >= MOST_SETS or base + following + LENGTH > source.size:
                raise Malformed(f"{source.path} points to a further data set that is not there", path=source.path, position=base, expected="$NEXTDATA 0")
            base += following


def _data_set(file: FileIO, source: Source, base: int) -> tuple[DataSet, int]:
    header = parse_header(_at(file, base, LENGTH), source.path, base)
    words = parse_text(_segment(file, source, base, header.text), source.path, base + header.text[0])
    words = _supplemented(file, source, base, header, words)
    layout = layout_of(words, header, source.path, base, source.size)
    return DataSet(source, header.version, words, layout), _next(words)


def _next(words: dict[str, str]) -> int:
    """Where the next data set begins; some programs write blanks or negative numbers for none."""
    text = words.get("$NEXTDATA", "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else 0


def _supplemented(file: FileIO, source: Source, base: int, header: Header, words: dict[str, str]) -> dict[str, str]:
    """With the keywords of the supplemental TEXT; offsets that point into the primary one, or nowhere, mean that there is none."""
    span = (whole(words, "$BEGINSTEXT", source.path, 0), whole(words, "$ENDSTEXT", source.path, 0))
    if span[0] < LENGTH or span[1] <= span[0] or header.text[0] <= span[0] <= header.text[1] or base + span[1] >= source.size:
        return words
    data = _segment(file, source, base, span)
    return {**parse_text(data, source.path, base + span[0], primary=False), **words} if data.strip(b" \0") else words


def _segment(file: FileIO, source: Source, base: int, span: Span) -> bytes:
    length = span[1] - span[0] + 1
    if base + span[1] >= source.size:
        raise Malformed(f"{source.path} ends within its keywords", path=source.path, position=source.size, expected=f"keywords up to byte {base + span[1]:,}")
    if length > MOST_BYTES:
        raise TooLarge(f"{source.path} says that its keywords fill {length:,} bytes; segue reads {MOST_BYTES:,}", path=source.path, limit=MOST_BYTES)
    return _at(file, base + span[0], length)


def _blocks(source: Source, layout: Layout) -> Iterator[tuple[int, Array]]:
    """(number of its first event, events) in blocks; the buffer is used again for the next one."""
    step = max(1, _BUFFER // max(1, layout.row.itemsize))
    buffer = np.empty(min(step, layout.events), layout.row)
    if not layout.events:
        return
    with _opened(source) as file:
        for first in range(0, layout.events, step):
            rows = buffer[: min(step, layout.events - first)]
            _fill(file, layout.begin + first * layout.row.itemsize, rows.view(np.uint8), source)
            yield first, rows


def _fill(file: FileIO, begin: int, target: npt.NDArray[np.uint8], source: Source) -> None:
    file.seek(begin)
    filled = 0
    while filled < len(target):
        got = file.readinto(target.data[filled:])
        if not got:
            raise SourceChanged(f"{source.path} changed while it was being read; read it again", path=source.path)
        filled += got


def _at(file: FileIO, begin: int, length: int) -> bytes:
    file.seek(begin)
    return file.read(length)


def _opened(source: Source) -> FileIO:
    try:
        return source.path.open("rb", buffering=0)
    except OSError as error:
        raise unreadable(source.path, error) from error
