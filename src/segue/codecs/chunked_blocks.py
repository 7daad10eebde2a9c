"""Writing arrays that are stored in chunks (HDF5, N5): blocks of whole chunks are packed by any workers, and stored one chunk after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.codecs.chunk_shape import block_shape

if TYPE_CHECKING:
    from segue.model.image import Pixels, Region

    Array = np.ndarray[Any, np.dtype[Any]]
    Encode = Callable[[Array], bytes]


class ChunkedBlocks:
    """The block writer of an array in chunks (`codecs.blocks.BlockWriter`).

    Parameters
    ----------
    pixels
        What is written; only its shape, number type and chunks are looked at.
    chunk
        Sizes of the stored chunks.
    encode
        A chunk (at the end of an axis it may be smaller) as it is stored. A function of a module, or a partial of one.
    store
        Stores an encoded chunk whose first pixel is at a place.
    """

    def __init__(self, pixels: Pixels, chunk: Sequence[int], encode: Encode, store: Callable[[tuple[int, ...], bytes], None]) -> None:
        self._chunk = tuple(chunk)
        self._store = store
        block = block_shape(pixels.shape, chunk, tuple(getattr(pixels, "chunks", ())), pixels.dtype.itemsize)
        self.blocks: Sequence[Region] = list(_parts(pixels.shape, block))
        self.pack: Callable[[Array], list[bytes]] = partial(packed_chunks, chunk=self._chunk, encode=encode)

    def put(self, nth: int, packed: list[bytes]) -> None:
        region = self.blocks[nth]
        inside = _parts([part.stop - part.start for part in region], self._chunk)
        for chunk, data in zip(inside, packed, strict=True):
            self._store(tuple(part.start + one.start for part, one in zip(region, chunk, strict=True)), data)


def packed_chunks(block: Array, chunk: tuple[int, ...], encode: Encode) -> list[bytes]:
    """The chunks of a block, in C order."""
    return [encode(block[part]) for part in _parts(block.shape, chunk)]


def _parts(shape: Sequence[int], part: Sequence[int]) -> Iterator[Region]:
    """Boxes that cover an array once, in C order."""
    cuts = [[slice(start, min(start + length, size)) for start in range(0, size, length)] for size, length in zip(shape, part, strict=True)]
    yield from product(*cuts)
