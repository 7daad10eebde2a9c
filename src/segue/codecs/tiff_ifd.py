"""The bytes of a TIFF header and of image file directories."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

BYTE, ASCII, SHORT, LONG, RATIONAL, LONG8 = 1, 2, 3, 4, 5, 16
_FORMATS = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "I", LONG8: "Q"}

Tags = Mapping[int, tuple[int, Sequence[int] | bytes]]
"""Tag -> (type, values); a rational is two values."""


@dataclass(frozen=True)
class Dialect:
    """Little-endian classic TIFF or BigTIFF."""

    big: bool

    @property
    def pointer(self) -> int:
        """The type of offsets."""
        return LONG8 if self.big else LONG

    def header(self, first: int) -> bytes:
        """The start of a file whose first directory lies at ``first``."""
        return struct.pack("<2sHHHQ", b"II", 43, 8, 0, first) if self.big else struct.pack("<2sHI", b"II", 42, first)

    def size(self, tags: Tags) -> int:
        """Bytes of a directory with its values."""
        return len(self.directory(tags, 0, 0))

    def directory(self, tags: Tags, at: int, following: int) -> bytes:
        """A directory that will lie at ``at``, its long values behind it; ``following`` is the place of the next one, 0 for none."""
        count, entry, letter = ("<Q", 20, "Q") if self.big else ("<H", 12, "I")
        room = struct.calcsize(letter)
        head = bytearray(struct.pack(count, len(tags)))
        values_at = at + len(head) + entry * len(tags) + room
        values = bytearray(-values_at % 8)
        for tag, (kind, content) in sorted(tags.items()):
            data = _encoded(kind, content)
            number = len(data) // struct.calcsize(_FORMATS[kind]) // (2 if kind == RATIONAL else 1)
            head += struct.pack(f"<HH{letter}", tag, kind, number)
            if len(data) <= room:
                head += data.ljust(room, b"\0")
            else:
                head += struct.pack(f"<{letter}", values_at + len(values))
                values += data + bytes(-len(data) % 8)
        return bytes(head + struct.pack(f"<{letter}", following) + values)


def _encoded(kind: int, content: Sequence[int] | bytes) -> bytes:
    if isinstance(content, bytes):
        return content + b"\0" if kind == ASCII else content
    return struct.pack(f"<{len(content)}{_FORMATS[kind]}", *content)


def rational(number: float) -> tuple[int, int]:
    """The nearest fraction of two 32-bit numbers to a positive number."""
    largest = (1 << 32) - 1
    if not 1 / largest < number < largest:
        return (0, 1)
    if number >= 1:
        fraction = 1 / Fraction(1 / number).limit_denominator(1 << 31)
    else:
        fraction = Fraction(number).limit_denominator(1 << 31)
    return (fraction.numerator, fraction.denominator) if max(fraction.numerator, fraction.denominator) <= largest else (round(number), 1)
