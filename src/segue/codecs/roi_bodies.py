"""What only some ROIs have: texts, pictures, and the counters of points. Read and written one by one; such ROIs are few."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from segue.codecs.roi_layout import Bytes, Ints, offsets, overlapping, spread
from segue.codecs.roi_record import IMAGE, RECT, TEXT, Bools, Text
from segue.errors import Malformed

_BODY = 64
_HEAD = struct.Struct(">4i")


def read_texts(buffer: Bytes, start: Ints, wanted: Bools, version: NDArray[np.int32]) -> dict[int, Text]:
    """The bodies of text ROIs.

    Raises
    ------
    Malformed
        One is cut off. Field ``row``.
    """
    return {row: _text(bytes(buffer[start[row] + _BODY : start[row + 1]]), row, int(version[row])) for row in np.flatnonzero(wanted).tolist()}


def _text(body: bytes, row: int, version: int) -> Text:
    if len(body) < _HEAD.size:
        raise Malformed("its text is cut off", row=row, expected="a text")
    size, style, font_length, length = _HEAD.unpack_from(body)
    middle, end = _HEAD.size + 2 * font_length, _HEAD.size + 2 * font_length + 2 * length
    if font_length < 0 or length < 0 or end > len(body):
        raise Malformed("its text is cut off", row=row, expected="a text")
    font, text = (codecs.utf_16_be_decode(part, "replace")[0] for part in (body[_HEAD.size : middle], body[middle:end]))
    angle = struct.unpack_from(">f", body, end)[0] if version >= 225 and end + 4 <= len(body) else 0.0
    return Text(text if length else None, font, size, style, angle)


def text_body(text: Text) -> bytes:
    """The bytes of a text ROI behind its header."""
    font, shown = (one.encode("utf-16-be", "replace") for one in (text.font, text.text or ""))
    return _HEAD.pack(text.size, text.style, len(font) // 2, len(shown) // 2) + font + shown + struct.pack(">f", text.angle)


def read_images(buffer: Bytes, start: Ints, wanted: Bools, size: NDArray[np.int64]) -> dict[int, bytes]:
    """The pictures of image ROIs: TIFF files.

    Raises
    ------
    Malformed
        One is cut off. Field ``row``.
    """
    rows = np.flatnonzero(wanted & (size > 0))
    short = rows[_BODY + size[rows] > np.diff(start)[rows]]
    if len(short):
        raise Malformed("its picture is cut off", row=int(short[0]), expected="a picture")
    return {row: bytes(buffer[start[row] + _BODY : start[row] + _BODY + size[row]]) for row in rows.tolist()}


def with_body(kind: NDArray[np.int32], subtype: NDArray[np.int32], composite: Bools) -> tuple[Bools, Bools]:
    """Which ROIs are texts, and which are images."""
    boxes = (kind == RECT) & ~composite
    return boxes & (subtype == TEXT), boxes & (subtype == IMAGE)


def read_counters(buffer: Bytes, start: Ints, at: Ints, counts: Ints) -> tuple[NDArray[np.uint32], Ints]:
    """Counters of all ROIs and where those of each begin. As in ImageJ, counters that are cut off are none."""
    found = np.where((at > 0) & (at + 4 * counts <= np.diff(start)), counts, 0)
    return overlapping(buffer, ">u4")[spread(start[:-1] + at, found, 4)].astype(np.uint32), offsets(found)


def put_bodies(buffer: Bytes, at: Ints, bodies: Mapping[int, bytes]) -> None:
    """Write bodies to their places."""
    for row, body in bodies.items():
        buffer[at[row] : at[row] + len(body)] = np.frombuffer(body, np.uint8)
