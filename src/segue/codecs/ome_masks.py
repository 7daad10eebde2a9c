"""The pixels of OME masks: one bit per pixel, the first in the highest bit, rows without padding, in base64.

That order is what OMERO writes and shows (omero-rois packs bits with numpy's default; ome-model pull request 140). Read besides: rows that begin
at whole bytes, and one byte per pixel (the example of the specification before 2021), told apart by the number of bytes.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import zlib

import numpy as np

from segue.model.rings import Floats, Ints

Pixels = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
MOST_PIXELS = 1 << 26
"""Of one mask."""
_NEAR = 1e-6
"""Pixels by which a run may miss the pixels of its box, from adding and subtracting fractions."""


def decode_mask(text: str, compression: str, width: int, height: int) -> Pixels:
    """The pixels (height, width).

    Raises
    ------
    ValueError
        The bytes are no mask of that size; its message ends a sentence about the mask.
    """
    if min(width, height) < 1 or width * height > MOST_PIXELS:
        raise ValueError(f"has {width:,} x {height:,} pixels; it may have {MOST_PIXELS:,}")
    count = width * height
    data = np.frombuffer(_unpacked(text, compression, count), np.uint8)
    if len(data) == -(-count // 8):
        return _bits(data[None], count).reshape(height, width)
    if len(data) == count:
        return np.asarray(data != 0).reshape(height, width)
    if len(data) == height * -(-width // 8):
        return _bits(data.reshape(height, -1), width)
    raise ValueError(f"has {len(data):,} bytes for {width:,} x {height:,} pixels")


def _bits(data: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], count: int) -> Pixels:
    return np.unpackbits(data, axis=1, count=count).view(np.bool_)


def _unpacked(text: str, compression: str, most: int) -> bytes:
    """The bytes of the text; never more than one over ``most``."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        if compression in {"", "none"}:
            return data
        if compression == "zlib":
            return zlib.decompressobj().decompress(data, most + 1)
        if compression == "bzip2":
            return bz2.BZ2Decompressor().decompress(data, most + 1)
    except (binascii.Error, ValueError, zlib.error, OSError, EOFError) as error:
        raise ValueError(f"cannot be unpacked ({error})") from error
    raise ValueError(f"is compressed by {compression!r}, which is none of none, zlib and bzip2")


def encode_mask(pixels: Pixels) -> str:
    """Base64 of the bits of (height, width) pixels."""
    return base64.b64encode(np.packbits(pixels.reshape(-1)).tobytes()).decode("ascii")


def runs_of(pixels: Pixels) -> Ints:
    """(runs, 3): row, first column, column behind the last, in reading order."""
    padded = np.zeros((pixels.shape[0], pixels.shape[1] + 2), np.int8)
    padded[:, 1:-1] = pixels
    steps = np.diff(padded, axis=1)
    rows, first = np.nonzero(steps == 1)
    last = np.nonzero(steps == -1)[1]
    return np.stack([rows, first, last], axis=1).astype(np.int64)


def pixels_of(box: Floats, runs: Floats) -> Pixels | None:
    """The pixels of a mask of the model; None if it does not consist of whole pixels of its box, or is too large.

    Parameters
    ----------
    box
        (2, 2): top-left and bottom-right corner.
    runs
        (2 n, 2): start and end of each row run, (x, y).
    """
    width, height = (box[1] - box[0]).tolist()
    if min(width, height) < 1 or width * height > MOST_PIXELS or width % 1 or height % 1:
        return None
    inside = runs - box[0]
    if not (np.isfinite(inside) & (np.abs(inside) <= max(width, height))).all() or len(inside) % 2:
        return None
    whole = np.round(inside).astype(np.int64)
    if (np.abs(whole - inside) > _NEAR).any():
        return None
    (first, row), (last, other) = whole[0::2].T, whole[1::2].T
    if (row != other).any() or (first >= last).any() or (first < 0).any() or (last > width).any() or (row < 0).any() or (row >= height).any():
        return None
    steps = np.zeros((int(height), int(width) + 1), np.int32)
    np.add.at(steps, (row, first), 1)
    np.add.at(steps, (row, last), -1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)
