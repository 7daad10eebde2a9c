"""The segmentation that Mantis v0.7.3 to v0.9.0 put into the file: a label per pixel, as text."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from segue.errors import Malformed, TooLarge
from segue.formats.mantis_files.terms import SEGMENTS
from segue.formats.mantis_json.terms import MOST_PIXELS, SEGMENTATION
from segue.model.image import ArrayPixels, LabelImage

PIECE = 1 << 22
"""Bytes of numbers that are decoded at a time."""
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype(np.uint8), 2: np.dtype(np.uint16)}
"""Bytes per label -> number type; 4 are floats in Mantis, and whole numbers all the same."""
_BAD = (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError)


def read_segmentation(value: msgspec.Raw | None, path: object) -> LabelImage | None:
    """The label image; None where the file has none (``{}``).

    Memory: the text, and four bytes per pixel.

    Raises
    ------
    Malformed
        Its size and the number of its labels differ, or a label is no whole number from 0.
    TooLarge
        It has more than 2**28 pixels.
    """
    try:
        members = msgspec.json.decode(value, type=dict[str, msgspec.Raw] | None) if value is not None else None
        if not members:
            return None
        width, height = (msgspec.json.decode(members[name], type=int) for name in ("width", "height"))
        size = msgspec.json.decode(members.get("bytesPerElement", b"4"), type=int | None)
        data = members["data"]
    except (KeyError, *_BAD) as error:
        raise _damaged(path, f"a segmentation with width, height and data ({error})") from error
    if width * height > MOST_PIXELS:
        raise TooLarge(f"{path} holds a segmentation of {width:,} x {height:,} pixels, too many", path=path, limit=MOST_PIXELS)
    if min(width, height) < 0 or _count(data) != width * height:
        raise _damaged(path, f"{height:,} x {width:,} labels, not {_count(data):,}")
    pixels = _labels(bytes(data), width * height, path).reshape(height, width)
    wanted = _TYPES.get(size or 4, pixels.dtype)
    fits = int(pixels.max(initial=0)) <= np.iinfo(wanted).max
    return LabelImage(ArrayPixels(pixels.astype(wanted, copy=False) if fits else pixels), "yx", SEGMENTS)


def _count(data: msgspec.Raw) -> int:
    """How many numbers a list has, from its commas."""
    text = bytes(data)
    return text.count(b",") + 1 if text.strip()[1:-1].strip() else 0


def _labels(text: bytes, count: int, path: object) -> np.ndarray[Any, np.dtype[np.uint32]]:
    found = np.empty(count, np.uint32)
    inner = text.strip()
    if inner[:1] != b"[":
        raise _damaged(path, "a list of labels")
    begin, end, done = 1, len(inner) - 1, 0
    while begin < end and done < count:
        cut = inner.find(b",", min(begin + PIECE, end), end)
        cut = end if cut < 0 else cut
        piece = _decoded(inner[begin:cut], path)
        if done + len(piece) > count:
            raise _damaged(path, "one label per pixel")
        found[done : done + len(piece)] = piece
        begin, done = cut + 1, done + len(piece)
    if done != count:
        raise _damaged(path, "one label per pixel")
    return found


def _decoded(piece: bytes, path: object) -> np.ndarray[Any, Any]:
    try:
        values = np.array(msgspec.json.decode(b"[" + piece + b"]", type=list[int]), np.int64)
    except _BAD as error:
        raise _damaged(path, f"labels that are whole numbers ({error})") from error
    if len(values) and (values.min() < 0 or values.max() >= 2**32):
        raise _damaged(path, "labels from 0 to 4294967295")
    return values


def _damaged(path: object, expected: str) -> Malformed:
    return Malformed(f"{path} is damaged in its segmentation: expected {expected}", path=path, position=SEGMENTATION, expected=expected)
