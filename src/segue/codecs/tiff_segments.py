"""Decoding one strip or tile of a TIFF page.

Uncompressed, deflate, zstd, LZW, LZMA and PackBits data of 1, 8, 16, 32 or 64 bits are decoded here. Everything else goes to tifffile, which needs
imagecodecs for most of it (``pip install 'segue[codecs]'``).
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.tiff_layout import Layout
from segue.codecs.tiff_lzw import lzw_decode
from segue.codecs.zstd_frame import stated_size
from segue.errors import Malformed, MissingDependency

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_PADDING = 4
"""Strips and tiles may be packed with so many times the bytes that the image has of them, at its edges."""


def decode(layout: Layout, index: int, data: bytes, path: Path) -> Array:
    """The pixels of segment ``index``.

    Returns
    -------
    (rows, columns, samples) in native byte order; one sample where samples lie in planes.

    Raises
    ------
    Malformed, MissingDependency
    """
    samples = 1 if layout.planar else layout.samples
    rows = layout.rows(index % (layout.down * layout.across))
    shape = (rows, layout.segment[1], samples)
    if not data:
        return np.zeros(shape, layout.dtype.newbyteorder("="))
    if not _native(layout):
        return _foreign(layout, index, data, shape, path)
    row = (shape[1] * samples * layout.bits + 7) // 8
    raw = _decompress(layout, data, rows * row, path)
    if layout.bits < 8:
        return _unpacked(raw, shape, row)
    return _unpredicted(layout, raw, shape)


def _native(layout: Layout) -> bool:
    whole = layout.bits in {8, 16, 32, 64} and layout.predictor in ((1, 2) if layout.dtype.kind != "f" else (1, 2, 3))
    return layout.compression in _DECOMPRESS and not layout.reverse_bits and (whole or (layout.bits == 1 and layout.predictor == 1))


def _decompress(layout: Layout, data: bytes, size: int, path: Path) -> bytes:
    try:
        raw = _DECOMPRESS[layout.compression](data, size)
    except (zlib.error, lzma.LZMAError, ValueError, EOFError) as error:
        raise _damaged(path, str(error)) from error
    if len(raw) < size:
        raise _damaged(path, f"{len(raw):,} bytes instead of {size:,}")
    return raw[:size]


def _inflate(data: bytes, size: int) -> bytes:
    return zlib.decompressobj().decompress(data, size)


def _unlzma(data: bytes, size: int) -> bytes:
    return lzma.LZMADecompressor().decompress(data, size)


def _unzstd(data: bytes, size: int) -> bytes:
    from numcodecs.zstd import decompress  # type: ignore[import-untyped]

    stated = stated_size(data)
    if stated is not None and stated > _MOST_PADDING * size:
        raise ValueError(f"it announces {stated:,} bytes")
    out = np.empty(size if stated is None else stated, np.uint8)
    try:
        decompress(data, out)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return out.tobytes()


def _unpack_bits(data: bytes, size: int) -> bytes:
    """PackBits: a byte n < 128 is followed by n + 1 literal bytes, n > 128 repeats the next byte 257 - n times."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < size:
        n = data[at]
        if n < 128:
            out += data[at + 1 : at + 2 + n]
            at += n + 2
        else:
            out += data[at + 1 : at + 2] * (257 - n if n > 128 else 0)
            at += 2 if n > 128 else 1
    return bytes(out)


_DECOMPRESS: dict[int, Callable[[bytes, int], bytes]] = {
    1: lambda data, size: data,
    5: lzw_decode,
    8: _inflate,
    32946: _inflate,
    32773: _unpack_bits,
    34925: _unlzma,
    50000: _unzstd,
}


def _unpacked(raw: bytes, shape: tuple[int, int, int], row: int) -> Array:
    """Bits, most significant first, rows padded to bytes -> uint8 0 or 1."""
    bits = np.unpackbits(np.frombuffer(raw, np.uint8).reshape(shape[0], row), axis=1)
    return np.ascontiguousarray(bits[:, : shape[1] * shape[2]]).reshape(shape)


def _unpredicted(layout: Layout, raw: bytes, shape: tuple[int, int, int]) -> Array:
    native = layout.dtype.newbyteorder("=")
    if layout.predictor == 3:
        return _unpredicted_float(raw, shape, native)
    pixels = np.frombuffer(raw, layout.dtype).reshape(shape)
    if layout.predictor == 2:
        unsigned = np.dtype(f"u{native.itemsize}")
        return np.cumsum(pixels.astype(native).view(unsigned), axis=1, dtype=unsigned).view(native)
    return pixels.astype(native)


def _unpredicted_float(raw: bytes, shape: tuple[int, int, int], native: np.dtype[Any]) -> Array:
    """Predictor 3 (Adobe Photoshop TIFF Technical Note 3): byte planes per row, most significant first, then byte differences."""
    rows, columns, samples = shape
    steps = np.frombuffer(raw, np.uint8).reshape(rows, -1, samples)
    planes = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(rows, native.itemsize, columns * samples)
    big = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(native.newbyteorder(">"))
    return big.reshape(shape).astype(native)


def _foreign(layout: Layout, index: int, data: bytes, shape: tuple[int, int, int], path: Path) -> Array:
    from segue.codecs.tiff_quiet import quiet

    with quiet():
        try:
            pixels = _by_tifffile(layout, index, data, path)
        except Exception as error:
            if "imagecodecs" in str(error) or isinstance(error, ImportError):
                message = f"{path} is compressed in a way ({_name(layout)}) that needs an optional package: pip install 'segue[codecs]'"
                raise MissingDependency(message, extra="codecs", path=path) from error
            raise _damaged(path, f"{_name(layout)}: {error}") from error
    if pixels is None or pixels.size != np.prod(shape):
        raise _damaged(path, f"{_name(layout)}: another number of pixels than announced")
    return pixels.reshape(shape).astype(layout.dtype.newbyteorder("="))


def _by_tifffile(layout: Layout, index: int, data: bytes, path: Path) -> Array | None:
    import tifffile

    with tifffile.TiffFile(path, is_ome=False) as file:
        file.filehandle.seek(layout.page.offset)
        page = tifffile.TiffPage(file, 0)
        options: dict[str, Any] = {"jpegtables": page.jpegtables, "jpegheader": page.jpegheader} if layout.compression in {6, 7, 33007, 34892} else {}
        pixels: Array | None = page.decode(data, index, _fullsize=layout.tiled, **options)[0]
        return pixels


def _name(layout: Layout) -> str:
    import tifffile

    try:
        name = tifffile.COMPRESSION(layout.compression).name
    except ValueError:
        name = f"compression {layout.compression}"
    return f"{name.replace('_', ' ').title()}, {layout.bits} bits"


def _damaged(path: Path, what: str) -> Malformed:
    return Malformed(f"{path} is damaged: a piece of its pixels cannot be decompressed ({what})", path=path, position="pixels", expected=what)
