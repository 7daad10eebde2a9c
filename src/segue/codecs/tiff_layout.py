"""How the pixels of one TIFF page lie in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.tiff_tags import Page, Structure
from segue.errors import Malformed, TooLarge, UnsupportedVariant

MOST_EXPANSION = 1 << 14
"""Decoded bytes per byte in the file: deflate reaches 1,032, LZW about 1,400, long runs under zstd more."""
_KINDS = {1: "u", 2: "i", 3: "f", 4: "u"}


@dataclass(frozen=True)
class Layout:
    """Shape and segments (strips or tiles) of a page. Samples are 1 for grey pixels, 3 or 4 for colour."""

    page: Page
    height: int
    width: int
    samples: int
    planar: bool
    """Samples lie in planes one after the other, not pixel by pixel."""
    bits: int
    dtype: np.dtype[Any]
    """In the byte order of the file; uint8 for 1 to 7 bits."""
    compression: int
    predictor: int
    reverse_bits: bool
    segment: tuple[int, int]
    """Rows and columns of a segment; the last strip may have fewer rows."""
    tiled: bool
    offsets: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def down(self) -> int:
        return -(-self.height // self.segment[0])

    @property
    def across(self) -> int:
        return -(-self.width // self.segment[1])

    @property
    def signature(self) -> tuple[object, ...]:
        """What pages of one image have in common."""
        return (self.height, self.width, self.samples, self.dtype.str, self.bits)

    @property
    def plane_bytes(self) -> int:
        """Decoded bytes of a page."""
        return self.height * self.width * self.samples * self.dtype.itemsize

    @property
    def plain(self) -> bool:
        """Whether the bytes in the file are the pixels."""
        return self.compression == 1 and self.predictor == 1 and self.bits in {8, 16, 32, 64} and not self.reverse_bits

    @property
    def contiguous(self) -> bool:
        """Whether the whole page is one run of such bytes."""
        if not self.plain or self.tiled or (self.planar and self.samples > 1 and len(self.offsets) > self.samples):
            return False
        ends = (start + count for start, count in zip(self.offsets, self.counts, strict=True))
        return all(end == start for end, start in zip(ends, self.offsets[1:], strict=False)) and sum(self.counts) == self.plane_bytes

    def rows(self, strip: int) -> int:
        """Rows in segment ``strip``, counted within its sample plane."""
        down = strip // self.across
        return self.segment[0] if self.tiled else min(self.segment[0], self.height - down * self.segment[0])


def layout_of(page: Page, structure: Structure, path: Path) -> Layout:
    """Read and check the layout of a page.

    Raises
    ------
    Malformed, UnsupportedVariant, TooLarge
    """
    try:
        layout = _parse(page, structure, path)
    except (KeyError, ValueError, OverflowError) as error:
        raise _bad(page, path, f"a page lacks what is needed to read it (tag {error})") from error
    _check(layout, structure, path)
    return layout


def _parse(page: Page, structure: Structure, path: Path) -> Layout:
    height, width, samples = page.number(257), page.number(256), page.number(277, 1)
    bits = set(page.numbers(258)) or {1}
    formats = set(page.numbers(339)) or {1}
    if len(bits) != 1 or len(formats) != 1:
        raise UnsupportedVariant(f"{path} has samples of different number types in one pixel, which segue does not read", path=path)
    if page.number(32997, 1) != 1:
        raise UnsupportedVariant(f"{path} stores volumes inside a page, which segue does not read; save it as an ordinary stack", path=path)
    if 33629 in page.tags:
        raise UnsupportedVariant(f"{path} is a MetaMorph stack; save it as OME-TIFF with Fiji (Bio-Formats) first", path=path)
    if not 0 < height < 1 << 31 or not 0 < width < 1 << 31 or not 0 < samples < 1 << 16:
        raise _bad(page, path, f"a page of {width:,} x {height:,} pixels with {samples:,} samples")
    tiled = 322 in page.tags
    segment = (page.number(323), page.number(322)) if tiled else (min(page.number(278, height) or height, height), width)
    if not 0 < segment[0] < 1 << 31 or not 0 < segment[1] < 1 << 31:
        raise _bad(page, path, f"segments of {segment[1]:,} x {segment[0]:,} pixels")
    bit = bits.pop()
    return Layout(
        page=page,
        height=height,
        width=width,
        samples=samples,
        planar=page.number(284, 1) == 2 and samples > 1,
        bits=bit,
        dtype=_dtype(bit, formats.pop(), structure.byte_order, path),
        compression=page.number(259, 1),
        predictor=page.number(317, 1),
        reverse_bits=page.number(266, 1) == 2,
        segment=segment,
        tiled=tiled,
        offsets=page.numbers(324) or page.numbers(273),
        counts=page.numbers(325) or page.numbers(279),
    )


def _dtype(bits: int, kind: int, order: str, path: Path) -> np.dtype[Any]:
    letter = _KINDS.get(kind)
    if letter is None or not 1 <= bits <= 64 or (letter == "f" and bits not in {16, 32, 64}):
        what = "complex numbers" if kind in {5, 6} else f"{bits}-bit numbers of kind {kind}"
        raise UnsupportedVariant(f"{path} stores {what}, which segue does not read", path=path)
    itemsize = next(size for size in (1, 2, 4, 8) if size * 8 >= bits)
    return np.dtype(f"{order}{letter}{itemsize}")


def _check(layout: Layout, structure: Structure, path: Path) -> None:
    page, needed = layout.page, layout.down * layout.across * (layout.samples if layout.planar else 1)
    if not layout.counts and layout.plain and len(layout.offsets) == 1:
        object.__setattr__(layout, "counts", (layout.plane_bytes,))
    if len(layout.offsets) != needed or len(layout.counts) != needed:
        raise _bad(page, path, f"a page has {len(layout.offsets):,} pieces instead of {needed:,}")
    for index, (start, count) in enumerate(zip(layout.offsets, layout.counts, strict=True)):
        if start == count == 0:
            continue
        least = layout.rows(index % (layout.down * layout.across)) * layout.segment[1] * layout.dtype.itemsize if layout.plain else 1
        least *= 1 if layout.planar else layout.samples if layout.plain else 1
        if count < least or start < 8 or start + max(count, least) > structure.size:
            raise _bad(page, path, "pixels of a page lie beyond the end of the file")
    if layout.plane_bytes > structure.size * MOST_EXPANSION:
        raise TooLarge(f"{path} announces a page of {layout.plane_bytes:,} bytes, far more than the file can hold", path=path, limit=MOST_EXPANSION)


def _bad(page: Page, path: Path, what: str) -> Malformed:
    return Malformed(f"{path} is damaged or incomplete: {what} (page at byte {page.offset:,})", path=path, position=f"byte {page.offset}", expected=what)
