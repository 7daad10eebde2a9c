"""Pictures of red, green and blue as TIFF: one page whose pixels hold all three, as photographs have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from segue.codecs.boxes import arranged, boxes, region_of
from segue.codecs.pixel_facts import KEY, Facts
from segue.codecs.tiff_ifd import ASCII, LONG, SHORT, Dialect
from segue.codecs.tiff_pack import PACK
from segue.codecs.tiff_plan import CLASSIC_BYTES, COMPRESSIONS, resolution
from segue.errors import UnsupportedVariant

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter
    from segue.model.image import Pixels, Region

    Array = np.ndarray[Any, np.dtype[Any]]

ORDER, SAMPLES = "yxc", 3
_STRIP_BYTES = 1 << 20


@contextmanager
def colour_blocks(file: BinaryIO, pixels: Pixels, axes: str, facts: Facts, compression: str = "none", *, bigtiff: bool = False) -> Iterator[BlockWriter]:
    """The writer of a picture of red, green and blue (uint8) to an empty file, which is complete when the block ends.

    Parameters
    ----------
    file
        Can be written and sought.
    pixels, axes
        The axes y, x and c in any order; c of size 3.
    facts
        Name and pixel size.
    compression
        One of ``tiff_plan.COMPRESSIONS``.
    bigtiff
        BigTIFF whatever the size; else beyond 4 GB.

    Raises
    ------
    UnsupportedVariant
        It is no picture of three colours of 8 bits.
    """
    sizes = dict(zip(axes, pixels.shape, strict=True))
    if sorted(axes) != sorted(ORDER) or sizes["c"] != SAMPLES or pixels.dtype != np.uint8 or min(pixels.shape) < 1:
        raise UnsupportedVariant("a colour picture in TIFF has three channels of 8 bits: red, green and blue")
    writer = _Strips(file, pixels, axes, facts, compression, bigtiff=bigtiff)
    yield writer
    writer.finish()


class _Strips:
    """Header, packed strips in the order in which they come, then the directory."""

    def __init__(self, file: BinaryIO, pixels: Pixels, axes: str, facts: Facts, compression: str, *, bigtiff: bool) -> None:
        self._file, self._facts, self._compression = file, facts, compression
        self._height, self._width = (pixels.shape[axes.index(name)] for name in "yx")
        self._rows = min(max(_STRIP_BYTES // (self._width * SAMPLES), 1), self._height)
        strips = -(-self._height // self._rows)
        self._dialect = Dialect(bigtiff or self._height * self._width * SAMPLES * 3 // 2 + 32 * strips > CLASSIC_BYTES)
        chunks = tuple(getattr(pixels, "chunks", ()))
        self._boxes = boxes((self._height, self._width * SAMPLES), 1, (chunks[axes.index("y")], self._width * SAMPLES) if chunks else (), self._rows)
        self._counts: list[int] = []
        self._at = self._start = file.write(self._dialect.header(0))
        self.blocks: Sequence[Region] = [region_of((rows, slice(0, self._width), slice(0, SAMPLES)), axes, ORDER) for rows, _ in self._boxes]
        self.pack: Callable[[Array], list[bytes]] = partial(_packed, axes=axes, rows=self._rows, compression=compression)

    def put(self, nth: int, packed: list[bytes]) -> None:  # they come in their order
        for one in packed:
            self._counts.append(len(one))
            self._at += self._file.write(one)

    def finish(self) -> None:
        offsets = (self._start + np.cumsum(self._counts) - self._counts).tolist()
        pointer = self._dialect.pointer
        tags: dict[int, tuple[int, Any]] = {
            254: (LONG, [0]),
            256: (LONG, [self._width]),
            257: (LONG, [self._height]),
            258: (SHORT, [8] * SAMPLES),
            259: (SHORT, [COMPRESSIONS[self._compression]]),
            262: (SHORT, [2]),
            270: (ASCII, f'{{"shape": [{self._height}, {self._width}, {SAMPLES}], "axes": "YXS", "{KEY}": {self._facts.to_json()}}}'.encode("ascii")),
            273: (pointer, offsets),
            277: (SHORT, [SAMPLES]),
            278: (LONG, [self._rows]),
            279: (pointer, self._counts),
            284: (SHORT, [1]),
            339: (SHORT, [1] * SAMPLES),
            **resolution(self._facts, "plain"),
        }
        at = self._at + self._file.write(bytes(-self._at % 8))
        self._file.write(self._dialect.directory(tags, at, 0))
        self._file.seek(0)
        self._file.write(self._dialect.header(at))
        self._file.seek(0, 2)


def _packed(block: Array, *, axes: str, rows: int, compression: str) -> list[bytes]:
    whole = arranged(block, axes, ORDER, np.dtype(np.uint8))
    pack = PACK[compression]
    return [pack(whole[top : top + rows].data) for top in range(0, whole.shape[0], rows)]
