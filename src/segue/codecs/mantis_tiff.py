"""TIFF files of regions as Mantis Viewer writes them: big-endian, one strip of 8-bit pixels at byte 258.

Mantis appends to a file that is there already (Node's flag ``a``) instead of replacing it. Whoever opens that file, Mantis too, sees the oldest picture; the
newest is the last of the files that follow each other in it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

_START = b"MM\0*\0\0\0\x08"
_STRIP = 258
_SOFTWARE = b"MantisViewer"
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _OFFSET = 256, 257, 258, 259, 273
_HEAD = 1 << 10


@dataclass(frozen=True)
class Part:
    """One of the pictures in a file."""

    start: int
    """Its first byte."""
    height: int
    width: int

    @property
    def end(self) -> int:
        return self.start + _STRIP + self.height * self.width


def is_of_mantis(head: bytes) -> bool:
    """Whether a file begins as Mantis writes them."""
    return head.startswith(_START) and _SOFTWARE in head[:_HEAD]


def parts_of(data: bytes) -> list[Part]:
    """The complete pictures that follow each other in a file, the oldest first; empty if it is none that Mantis writes."""
    found: list[Part] = []
    start = 0
    while (part := _part(data, start)) is not None:
        found.append(part)
        start = part.end
    return found


def pixels_of(data: bytes, part: Part) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(height, width) uint8, not to be written to."""
    return np.frombuffer(data, np.uint8, part.height * part.width, part.start + _STRIP).reshape(part.height, part.width)


def _part(data: bytes, start: int) -> Part | None:
    head = data[start : start + _STRIP]
    if len(head) < _STRIP or not is_of_mantis(head):
        return None
    (count,) = struct.unpack_from(">H", head, 8)
    if 10 + 12 * count > _STRIP:
        return None
    tags = {}
    for nth in range(count):
        tag, kind, length = struct.unpack_from(">HHI", head, 10 + 12 * nth)
        if length == 1 and kind in (3, 4):
            tags[tag] = struct.unpack_from(">H" if kind == 3 else ">I", head, 18 + 12 * nth)[0]
    if (tags.get(_BITS), tags.get(_COMPRESSION), tags.get(_OFFSET)) != (8, 1, _STRIP) or not tags.get(_WIDTH) or not tags.get(_HEIGHT):
        return None
    part = Part(start, tags[_HEIGHT], tags[_WIDTH])
    return part if part.end <= len(data) else None
