"""Writing PNG files row by row: 8 or 16 bits, grey, grey with a palette, RGB or RGBA. Equal input gives equal bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import numpy as np

from segue.codecs.pixel_facts import KEY, Facts, known_steps
from segue.codecs.png_chunks import SIGNATURE
from segue.errors import UnsupportedVariant

Array = np.ndarray[Any, np.dtype[Any]]
Rows = Callable[[int, int], Array]
"""``rows(start, stop)`` -> (rows, width) or (rows, width, samples)."""

_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}
_BLOCK_BYTES = 4 << 20
_METRES = {"um": 1e-6, "nm": 1e-9, "mm": 1e-3}


def write_png(file: BinaryIO, shape: tuple[int, int, int], dtype: np.dtype[Any], rows: Rows, facts: Facts, colours: Array | None = None) -> None:
    """Write one image.

    Parameters
    ----------
    file
        Where to; nothing before its present place is touched.
    rows
        Gives the pixels, a block of rows at a time.
    shape
        Height, width, samples (1 grey, 2 grey + alpha, 3 RGB, 4 RGBA).
    dtype
        uint8 or uint16.
    facts
        Kept in a text chunk; the pixel size also as pixels per metre.
    colours
        (256, 3) uint8: makes 8-bit grey pixels indices into this palette.

    Raises
    ------
    UnsupportedVariant
        PNG cannot hold such pixels.
    """
    height, width, samples = shape
    if dtype.name not in {"uint8", "uint16"} or samples not in _COLOUR or not 0 < height < 1 << 31 or not 0 < width < 1 << 31:
        raise UnsupportedVariant(f"PNG cannot hold {dtype.name} pixels with {samples} samples; write TIFF instead", shape=shape)
    palette = colours is not None and samples == 1 and dtype == np.uint8
    file.write(SIGNATURE)
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, dtype.itemsize * 8, 3 if palette else _COLOUR[samples], 0, 0, 0))
    _chunk(file, b"tEXt", KEY.encode() + b"\0" + facts.to_json().encode())
    density = _density(known_steps(facts))
    if density:
        _chunk(file, b"pHYs", density)
    if palette and colours is not None:
        _chunk(file, b"PLTE", colours.astype(np.uint8).tobytes())
    _pixels(file, shape, dtype, rows)
    _chunk(file, b"IEND", b"")


def _pixels(file: BinaryIO, shape: tuple[int, int, int], dtype: np.dtype[Any], rows: Rows) -> None:
    height, width, samples = shape
    packer = zlib.compressobj(6)
    stride = width * samples * dtype.itemsize
    step = max(_BLOCK_BYTES // (stride + 1), 1)
    for start in range(0, height, step):
        stop = min(start + step, height)
        block = np.ascontiguousarray(rows(start, stop).astype(dtype.newbyteorder(">"))).reshape(stop - start, -1).view(np.uint8)
        framed = np.zeros((stop - start, stride + 1), np.uint8)
        framed[:, 1:] = block
        _differences(framed, samples * dtype.itemsize)
        packed = packer.compress(framed.data)
        if packed:
            _chunk(file, b"IDAT", packed)
    _chunk(file, b"IDAT", packer.flush())


def _differences(framed: Array, step: int) -> None:
    """Filter 1 (Sub) on every row, in place: labels and smooth images become long runs."""
    pixels = framed[:, 1:].copy()
    framed[:, 0] = 1
    framed[:, 1 + step :] = pixels[:, step:] - pixels[:, :-step]


def _density(scale: Mapping[str, tuple[float, str | None]]) -> bytes:
    per_metre = [1 / (scale[axis][0] * _METRES[scale[axis][1] or ""]) for axis in "xy" if axis in scale and scale[axis][1] in _METRES]
    if len(per_metre) != 2 or not all(1 <= density < 1 << 31 for density in per_metre):
        return b""
    return struct.pack(">IIB", round(per_metre[0]), round(per_metre[1]), 1)


def _chunk(file: BinaryIO, kind: bytes, body: bytes) -> None:
    file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
