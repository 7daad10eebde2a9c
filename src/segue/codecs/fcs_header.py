"""The HEADER of a data set in an FCS file: 58 bytes that say the version and where the segments are (FCS 2.0 to 3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from segue.errors import Malformed, UnsupportedVariant, WrongFormat

LENGTH = 58
VERSIONS = ("2.0", "3.0", "3.1", "3.2")
MOST_IN_HEADER = 99_999_999
"""The largest offset that eight digits hold; beyond it the HEADER says 0, and the keywords tell."""
Span = tuple[int, int]
"""First and last byte of a segment, counted from the first byte of its data set; (0, 0) = not stated here."""
_MAGIC = re.compile(rb"FCS(\d\.\d)[ \0]{4}")


@dataclass(frozen=True)
class Header:
    """What the first 58 bytes say."""

    version: str
    text: Span
    data: Span
    analysis: Span


def is_fcs(head: bytes) -> bool:
    """Whether a file begins as an FCS file does."""
    return _MAGIC.match(head) is not None


def parse_header(head: bytes, path: Path | str, base: int = 0) -> Header:
    """The HEADER of the data set that begins at byte ``base``.

    Raises
    ------
    WrongFormat
        It is no FCS file.
    UnsupportedVariant
        A version that nobody writes any more, or not yet.
    Malformed
        It is cut off, or does not say where the TEXT segment is.
    """
    found = _MAGIC.match(head)
    if found is None:
        raise WrongFormat(f"{path} is no FCS file: it does not begin with FCS and a version", path=path, expected="FCS")
    version = found[1].decode("ascii")
    if version not in VERSIONS:
        raise UnsupportedVariant(f"{path} is FCS {version}; segue reads FCS {', '.join(VERSIONS)}", path=path, version=version)
    if len(head) < LENGTH:
        raise Malformed(f"{path} ends within its header", path=path, position=base + len(head), expected=f"{LENGTH} bytes")
    numbers = [_offset(head[place : place + 8]) for place in range(10, LENGTH, 8)]
    text = (numbers[0], numbers[1])
    if text[0] < LENGTH or text[1] <= text[0]:
        raise Malformed(f"{path} does not say where its keywords are", path=path, position=base + 10, expected="the offsets of the TEXT segment")
    return Header(version, text, (numbers[2], numbers[3]), (numbers[4], numbers[5]))


def _offset(field: bytes) -> int:
    """A right-aligned number; 0 for blanks, and for the words and negative numbers that some programs leave where it has no room."""
    digits = field.strip(b" \0")
    return int(digits) if digits.isdigit() else 0


def encode_header(version: str, text: Span, data: Span, length: int) -> bytes:
    """The HEADER, filled with blanks up to ``length``; the offsets of DATA are 0 where eight digits do not hold them. No ANALYSIS."""
    data = data if data[1] <= MOST_IN_HEADER else (0, 0)
    return (f"FCS{version}    " + "".join(f"{number:>8d}" for number in (*text, *data, 0, 0))).encode("ascii").ljust(length)
