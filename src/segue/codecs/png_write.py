"""Writing PNG files band by band: 8 or 16 bits, grey, grey with a palette, RGB or RGBA. Equal input gives equal bytes.

Bands of rows are packed by any workers: each is a piece of one deflate stream that refers to nothing before it. Rows are stored as differences from the row
above, and of deflate only runs and Huffman codes are used: on images and labels that is faster and smaller than a search for matches (ADR 0057, 0065).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from segue.codecs import deflate
from segue.codecs.blocks import write_whole
from segue.codecs.boxes import Array, Region, along, arranged, boxes, region_of
from segue.codecs.pixel_facts import KEY, Facts, known_steps
from segue.codecs.png_chunks import SIGNATURE
from segue.errors import UnsupportedVariant

if TYPE_CHECKING:
    from segue.model.image import Pixels
    from segue.tasks.workers import Workers

_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}
_METRES = {"um": 1e-6, "nm": 1e-9, "mm": 1e-3}
SMALL = 1 << 18
"""Bytes of an image up to which zlib is faster than loading compiled code."""
Packed = tuple[Any, int, int]
"""A band of rows as it is stored; see `packed`."""
_ADLER = 65_521
_START, _END = b"\x78\x01", b"\x03\x00"
"""The head of a zlib stream, and an empty last block."""


def write_png(file: BinaryIO, pixels: Pixels, axes: str, facts: Facts, colours: Array | None = None, workers: Workers | None = None) -> None:
    """Write one image; see `png_blocks`.

    Raises
    ------
    UnsupportedVariant
        PNG cannot hold such pixels.
    """
    with png_blocks(file, pixels, axes, facts, colours) as writer:
        write_whole(writer, pixels, workers)


@contextmanager
def png_blocks(file: BinaryIO, pixels: Pixels, axes: str, facts: Facts, colours: Array | None = None) -> Iterator[PngBands]:
    """The writer of one image, which is complete when the block ends.

    Parameters
    ----------
    file
        Where to; nothing before its present place is touched.
    pixels, axes
        uint8 or uint16, in any order; 1 (grey), 2 (grey + alpha), 3 (RGB) or 4 (RGBA) along c, other axes than y and x of size 1.
    facts
        Kept in a text chunk; the pixel size also as pixels per metre.
    colours
        (256, 3) uint8: makes 8-bit grey pixels indices into this palette.

    Raises
    ------
    UnsupportedVariant
        PNG cannot hold such pixels.
    """
    height, width, samples = along("yxc", axes, pixels.shape)
    dtype = pixels.dtype
    if dtype.name not in {"uint8", "uint16"} or samples not in _COLOUR or not 0 < height < 1 << 31 or not 0 < width < 1 << 31:
        raise UnsupportedVariant(f"PNG cannot hold {dtype.name} pixels with {samples} samples; write TIFF instead", shape=pixels.shape)
    palette = colours is not None and samples == 1 and dtype == np.uint8
    file.write(SIGNATURE)
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, dtype.itemsize * 8, 3 if palette else _COLOUR[samples], 0, 0, 0))
    _chunk(file, b"tEXt", KEY.encode() + b"\0" + facts.to_json().encode())
    density = _density(known_steps(facts))
    if density:
        _chunk(file, b"pHYs", density)
    if palette and colours is not None:
        _chunk(file, b"PLTE", colours.astype(np.uint8).tobytes())
    writer = PngBands(file, pixels, axes, (height, width, samples))
    yield writer
    writer.finish()
    _chunk(file, b"IEND", b"")


class PngBands:
    """The pixels of a PNG file, in bands of rows (`codecs.blocks.BlockWriter`)."""

    def __init__(self, file: BinaryIO, pixels: Pixels, axes: str, shape: tuple[int, int, int]) -> None:
        height, width, samples = shape
        rows = along("y", axes, getattr(pixels, "chunks", ()))
        bands = boxes((height, width * samples), pixels.dtype.itemsize, [*rows, 1] if rows else ())
        self._file, self._adler = file, 1
        self.blocks: Sequence[Region] = [region_of((band[0], slice(0, width), slice(0, samples)), axes, "yxc") for band in bands]
        compiled = deflate.is_possible() and height * width * samples * pixels.dtype.itemsize > SMALL
        self.pack: Callable[[Array], Packed] = partial(packed, axes=axes, dtype=pixels.dtype.newbyteorder(">"), compiled=compiled)

    def put(self, nth: int, packed: Packed) -> None:
        chunk, adler, length = packed
        self._adler = joined(self._adler, adler, length)
        if nth == 0:
            _chunk(self._file, b"IDAT", _START)
        self._file.write(chunk)

    def finish(self) -> None:
        _chunk(self._file, b"IDAT", _END + struct.pack(">I", self._adler))


def packed(block: Array, axes: str, dtype: np.dtype[Any], *, compiled: bool = False) -> Packed:
    """A band of rows as (a chunk of a file, whose content is a piece of a raw deflate stream; its Adler checksum before packing; its bytes before packing)."""
    rows = arranged(block, axes, "yxc", dtype)
    step = rows.shape[2] * dtype.itemsize
    plain = rows.reshape(len(rows), -1).view(np.uint8)
    if compiled:
        from segue.codecs.png_pack_kernel import pack_rows

        chunk, adler = pack_rows(plain, step, 8, 4)
        return _framed(chunk), adler, plain.size + len(plain)
    data = _filtered(plain, step).data
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    return _bytes(b"IDAT", packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)), zlib.adler32(data), data.nbytes


def _framed(chunk: Array) -> Array:
    """The chunk of a file around a content that has 8 bytes before it and 4 behind it."""
    view = chunk.data
    view[:8] = struct.pack(">I", len(view) - 12) + b"IDAT"
    view[-4:] = struct.pack(">I", zlib.crc32(view[4:-4]))
    return chunk


def _filtered(rows: Array, step: int) -> Array:
    """(rows, 1 + bytes): filter 2 (Up) on every row; filter 1 (Sub) on the first, because the row above it is in another band."""
    out = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    out[0, 0], out[1:, 0] = 1, 2
    out[0, 1 : 1 + step] = rows[0, :step]
    np.subtract(rows[0, step:], rows[0, :-step], out=out[0, 1 + step :])
    np.subtract(rows[1:], rows[:-1], out=out[1:, 1:])
    return out


def joined(first: int, second: int, length: int) -> int:
    """The Adler-32 checksum of two pieces from their checksums and the length of the second (RFC 1950)."""
    low, rest = first & 0xFFFF, length % _ADLER
    a = (low + (second & 0xFFFF) - 1) % _ADLER
    b = (rest * low + (first >> 16) + (second >> 16) - rest) % _ADLER
    return b << 16 | a


def _density(scale: Mapping[str, tuple[float, str | None]]) -> bytes:
    per_metre = [1 / (scale[axis][0] * _METRES[scale[axis][1] or ""]) for axis in "xy" if axis in scale and scale[axis][1] in _METRES]
    if len(per_metre) != 2 or not all(1 <= density < 1 << 31 for density in per_metre):
        return b""
    return struct.pack(">IIB", round(per_metre[0]), round(per_metre[1]), 1)


def _chunk(file: BinaryIO, kind: bytes, body: bytes) -> None:
    file.write(_bytes(kind, body))


def _bytes(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
