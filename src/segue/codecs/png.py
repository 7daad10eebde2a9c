"""PNG files: grey, colour and palette images of 1 to 16 bits.

Decoded here, because Pillow reduces 16-bit colour to 8 bits and mixes up 16-bit grey with other types. Sizes are checked before
anything is decoded. PNG specification, third edition (W3C, 2025).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from segue.codecs.pixel_facts import KEY, Facts, parse
from segue.codecs.png_chunks import damaged, read_chunks
from segue.codecs.png_rows import unfiltered
from segue.codecs.ramps import ramp_of
from segue.errors import TooLarge, UnsupportedVariant
from segue.storage.handles import opened
from segue.storage.source import Source

Array = np.ndarray[Any, np.dtype[Any]]

MOST_PIXELS = 1 << 30
MOST_EXPANSION = 1100
"""Deflate makes at most 1,032 bytes of one."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""First row, first column, row step, column step of each pass."""


@dataclass(frozen=True)
class PngHead:
    """What a PNG file says about itself."""

    height: int
    width: int
    depth: int
    colour: int
    """0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA."""
    interlaced: bool
    scale: dict[str, tuple[float, str | None]]
    palette: bytes
    facts: Facts
    """What segue wrote into it, else empty."""

    @property
    def samples(self) -> int:
        return _SAMPLES[self.colour]

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint16 if self.depth == 16 else np.uint8)

    @property
    def ramp(self) -> Literal["rising", "falling"] | None:
        """Whether the palette is a ramp of grey: then its indices are the values."""
        return ramp_of(_colours(self)) if self.colour == 3 else None


class OpenPng:
    """A decoded file: PNG has no parts that could be read alone."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        chunks = list(read_chunks(data, path))
        self.head = _head(chunks, len(data), path)
        self.pixels: Array | None = None
        self._packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
        self._path = path

    def decoded(self) -> Array:
        """(y, x, samples)."""
        if self.pixels is None:
            self.pixels = _decode(self.head, self._packed, self._path)
            self._packed = b""
        return self.pixels

    def close(self) -> None:
        self.pixels = None


def describe(source: Source) -> PngHead:
    """The header of a PNG file.

    Raises
    ------
    WrongFormat, Malformed, TooLarge
    """
    with opened(source, OpenPng) as file:
        return file.head


@dataclass(frozen=True)
class PngPixels:
    """The pixels of a PNG file: (y, x), or (c, y, x) for colour.

    A palette is expanded to colour unless ``indices`` asks for its indices, as labels need.
    """

    source: Source
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    indices: bool = False

    @classmethod
    def of(cls, source: Source, *, indices: bool = False) -> PngPixels:
        head = describe(source)
        samples = 3 if head.colour == 3 and not indices else head.samples
        return cls(source, ((samples,) if samples > 1 else ()) + (head.height, head.width), head.dtype, indices)

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, SourceChanged
        """
        with opened(self.source, OpenPng) as file:
            pixels, head = file.decoded(), file.head
        part = pixels[region[-2], region[-1]]
        if head.colour == 3 and not self.indices:
            part = _coloured(part[:, :, 0], head, self.source.path)
        return np.moveaxis(part, -1, 0)[region[0]].copy() if len(self.shape) == 3 else part[:, :, 0].copy()


def decoded_bytes(data: bytes, path: Path, limit: int = MOST_PIXELS) -> Array:
    """The pixels of a PNG file that is inside another file: (y, x), or (y, x, samples) for colour; palettes are expanded.

    Raises
    ------
    WrongFormat, Malformed
    TooLarge
        It has more than ``limit`` pixels.
    """
    chunks = list(read_chunks(data, path))
    head = _head(chunks, len(data), path)
    if head.height * head.width > limit:
        raise TooLarge(f"{path} holds a picture of {head.width:,} x {head.height:,} pixels, more than segue reads there", path=path, limit=limit)
    pixels = _decode(head, b"".join(body for kind, body in chunks if kind == b"IDAT"), path)
    if head.colour == 3:
        return _coloured(pixels[:, :, 0], head, path)
    return pixels[:, :, 0] if head.samples == 1 else pixels


def _head(chunks: list[tuple[bytes, bytes]], size: int, path: Path) -> PngHead:
    kind, body = chunks[0]
    if kind != b"IHDR" or len(body) != 13:
        raise damaged(path, 8, "it has no header")
    width, height, depth, colour, packing, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if depth not in _DEPTHS.get(colour, set()) or packing or filtering or interlace > 1 or not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise damaged(path, 16, "its header makes no sense")
    bytes_needed = height * ((width * _SAMPLES[colour] * depth + 7) // 8)
    if height * width > MOST_PIXELS or bytes_needed > size * MOST_EXPANSION:
        raise TooLarge(f"{path} announces {width:,} x {height:,} pixels, more than it can hold or segue reads from a PNG", path=path, limit=MOST_PIXELS)
    if any(kind == b"acTL" for kind, _ in chunks):
        raise UnsupportedVariant(f"{path} is an animated PNG, which segue does not read; save its frames as a TIFF stack", path=path)
    others = dict(reversed(chunks))
    own = next((text for kind, text in chunks if kind == b"tEXt" and text.startswith(KEY.encode() + b"\0")), b"")
    facts = Facts().updated(parse(own[len(KEY) + 1 :].decode("latin-1")))
    return PngHead(height, width, depth, colour, interlace == 1, _scale(others.get(b"pHYs", b"")), others.get(b"PLTE", b""), facts)


def _scale(body: bytes) -> dict[str, tuple[float, str | None]]:
    """Pixel size from pHYs (pixels per metre), unless it is a printer's (coarser than 10 um)."""
    if len(body) != 9:
        return {}
    x, y, unit = struct.unpack(">IIB", body)
    if unit != 1 or min(x, y) < 100_000:
        return {}
    return {"x": (1e6 / x, "um"), "y": (1e6 / y, "um")}


def _decode(head: PngHead, packed: bytes, path: Path) -> Array:
    passes = _ADAM7 if head.interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(head.height - top) // down), -(-(head.width - left) // right)) for top, left, down, right in passes]
    strides = [(width * head.samples * head.depth + 7) // 8 for _, width in sizes]
    needed = sum(height * (stride + 1) for (height, width), stride in zip(sizes, strides, strict=True) if height > 0 and width > 0)
    try:
        data = zlib.decompressobj().decompress(packed, needed)
    except zlib.error as error:
        raise damaged(path, 0, f"its pixels cannot be decompressed ({error})") from error
    if len(data) < needed:
        raise damaged(path, 0, "pixels are missing")
    out = np.empty((head.height, head.width, head.samples), head.dtype)
    at = 0
    for (top, left, down, right), (height, width), stride in zip(passes, sizes, strides, strict=True):
        if height > 0 and width > 0:
            rows = np.frombuffer(data, np.uint8, height * (stride + 1), at).reshape(height, stride + 1)
            at += rows.size
            if rows[:, 0].max() > 4:
                raise damaged(path, 0, "a row is filtered in an unknown way")
            out[top::down, left::right] = _samples(unfiltered(rows, max(head.samples * head.depth // 8, 1)), head, width)
    return out


def _samples(rows: Array, head: PngHead, width: int) -> Array:
    """Bytes of unfiltered rows -> (rows, width, samples)."""
    if head.depth == 16:
        return np.ascontiguousarray(rows).view(">u2").reshape(len(rows), width, head.samples)
    if head.depth == 8:
        return rows.reshape(len(rows), width, head.samples)
    shifts = np.arange(8 - head.depth, -1, -head.depth, dtype=np.uint8)
    values = (rows[:, :, None] >> shifts) & ((1 << head.depth) - 1)
    return values.reshape(len(rows), -1)[:, :width, None]


def _colours(head: PngHead) -> Array:
    return np.frombuffer(head.palette[: len(head.palette) // 3 * 3], np.uint8).reshape(-1, 3)


def _coloured(indices: Array, head: PngHead, path: Path) -> Array:
    palette = _colours(head)
    if indices.size and (not len(palette) or int(indices.max()) >= len(palette)):
        raise damaged(path, 0, "a pixel has a colour that its palette does not list")
    return palette[indices]
