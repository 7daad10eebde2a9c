"""Segments as lines of text, ``x1,y1,x2,y2,...``: all pixels of one segment in each (Mantis Viewer); not an outline."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.errors import Malformed
from segue.storage.source import Source

LARGEST = 1 << 32
"""Bytes of a file."""
FARTHEST = 1 << 31
"""Coordinates are below this."""
_ALLOWED = b"0123456789.,-\n"
_OTHERS = {b'"': "quotes", b";": "semicolons instead of commas", b"\t": "tabs instead of commas", b" ": "blanks between the numbers"}
_AT_ONCE = 1 << 20
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PixelLines:
    """The segments of a file."""

    owner: Ints
    """(pixels,) number of the segment, from 0: lines without a number do not count."""
    x: Ints
    y: Ints
    """(pixels,) from 0."""
    lines: Ints
    """(segments,) the line of each, from 1."""
    repairs: list[tuple[int, str]]
    """(line, what is not as it should be)."""


def read_pixel_lines(source: Source) -> PixelLines:
    """Read a file. Memory: some 60 bytes for each pixel that it lists.

    Raises
    ------
    Malformed
        A line holds something else than an even number of whole numbers from 0; the message names it.
    """
    data = source.read_bytes(LARGEST)
    repairs = [(1, "a byte order mark")] if data.startswith(b"\xef\xbb\xbf") else []
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for mark, what in _OTHERS.items():
        if mark in data:
            repairs.append((data[: data.index(mark)].count(b"\n") + 1, what))
            data = data.replace(mark, b",")
    _check_letters(data, source.path)
    if data and not data.endswith(b"\n"):
        data += b"\n"
    counts = _numbers_in_lines(data)
    lines = np.flatnonzero(counts)
    repairs += [(int(line) + 1, "an empty line, passed over") for line in np.flatnonzero(counts == 0)]
    if (counts % 2).any():
        raise _odd(source.path, int(np.flatnonzero(counts % 2)[0]) + 1, "an even number of coordinates")
    values = _values(data, counts, source.path)
    pixels = counts[lines] // 2
    return PixelLines(np.repeat(np.arange(len(lines)), pixels), values[0::2], values[1::2], lines + 1, repairs)


def _check_letters(data: bytes, path: Path) -> None:
    left = data.translate(None, _ALLOWED)
    if left:
        raise _odd(path, data[: data.index(left[:1])].count(b"\n") + 1, f"numbers, not {left[:12].decode('utf-8', 'replace')!r}")


def _numbers_in_lines(data: bytes) -> Ints:
    """How many numbers each line holds."""
    text = np.frombuffer(data, np.uint8)
    if not len(text):
        return np.zeros(0, np.int64)
    within = (text != ord(",")) & (text != ord("\n"))
    begins = within.copy()
    begins[1:] &= ~within[:-1]
    ends = np.flatnonzero(text == ord("\n"))
    return np.diff(np.searchsorted(np.flatnonzero(begins), ends), prepend=0).astype(np.int64)


def _values(data: bytes, counts: Ints, path: Path) -> Ints:
    text = data.replace(b"\n", b",").strip(b",")
    while b",," in text:
        text = text.replace(b",,", b",")
    count = int(counts.sum())
    found = _parsed(text, count) if count else np.zeros(0)
    good = (found >= 0) & (found < FARTHEST) & (found == np.floor(found))
    if not good.all():
        nth = int(np.argmin(good))
        line = int(np.searchsorted(np.cumsum(counts), nth, side="right")) + 1
        raise _odd(path, line, f"whole numbers from 0, not {text.split(b',', nth + 1)[nth][:24].decode()!r}")
    return found.astype(np.int64)


def _parsed(text: bytes, count: int) -> NDArray[np.float64]:
    """All numbers; NaN for what is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = np.fromstring(text.decode(), np.float64, sep=",")
        except (DeprecationWarning, ValueError):
            found = np.zeros(0)
    if len(found) == count:
        return found
    return pl.Series(text.decode().split(","), dtype=pl.Utf8).cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()


def _odd(path: Path, line: int, expected: str) -> Malformed:
    sentence = f"{path}, line {line:,}: the pixels of a segment are written as x1,y1,x2,y2,...; expected {expected}"
    return Malformed(sentence, path=path, position=f"line {line}", expected=expected)


def write_pixel_lines(file: BinaryIO, owner: Ints, x: Ints, y: Ints) -> None:
    """Write pixels, a line for each owner.

    Parameters
    ----------
    file
        Open for writing.
    owner, x, y
        (pixels,) the number of the segment, ascending; where the pixel is.
    """
    for start, stop in _parts(owner):
        frame = pl.DataFrame({"owner": owner[start:stop], "x": x[start:stop], "y": y[start:stop]})
        pixels = frame.select("owner", text=pl.concat_str("x", "y", separator=","))
        lines = pixels.group_by("owner", maintain_order=True).agg(pl.col("text").str.join(","))["text"]
        file.write(lines.str.join("\n").item().encode() + b"\n")


def _parts(owner: Ints) -> Iterator[tuple[int, int]]:
    """Slices of about a million pixels that end where a segment ends."""
    start = 0
    while start < len(owner):
        stop = min(start + _AT_ONCE, len(owner))
        stop = int(np.searchsorted(owner, owner[stop - 1], side="right"))
        yield start, stop
        start = stop
