"""Pixels as they are, in C order behind each other in a file: .npy, uncompressed TIFF, portable grey maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from segue.codecs.boxes import Array, Region, along, arranged, boxes, region_of, runs

if TYPE_CHECKING:
    from segue.model.image import Pixels


class RawBlocks:
    """The block writer of an array in C order (`codecs.blocks.BlockWriter`).

    Parameters
    ----------
    file
        Where to.
    start
        The byte at which the array begins.
    pixels, axes
        What is written; only its shape and chunks are looked at.
    order
        The axes of the array, slowest first. Axes of the pixels that it lacks are of size 1.
    dtype
        The number type in the file, with its byte order.
    in_sequence
        Whether bytes are only written behind those that are there already.
    """

    def __init__(self, file: BinaryIO, start: int, pixels: Pixels, axes: str, order: str, dtype: np.dtype[Any], *, in_sequence: bool = False) -> None:
        self._file, self._start, self._itemsize = file, start, dtype.itemsize
        self._sizes: Sequence[int] = along(order, axes, pixels.shape)
        chunks = () if in_sequence else along(order, axes, getattr(pixels, "chunks", ()))
        self._boxes = boxes(self._sizes, dtype.itemsize, chunks) if 0 not in self._sizes else []
        self._in_sequence = in_sequence
        self.blocks: Sequence[Region] = [region_of(box, axes, order) for box in self._boxes]
        self.pack: Callable[[Array], Array] = partial(arranged, axes=axes, order=order, dtype=dtype)

    def put(self, nth: int, packed: Array) -> None:
        data, at = packed.reshape(-1).view(np.uint8), 0
        for first, count in runs(self._boxes[nth], self._sizes):
            if not self._in_sequence:
                place = self._start + first * self._itemsize
                if self._file.tell() != place:
                    self._file.seek(place)
            self._file.write(data[at : at + count * self._itemsize].data)
            at += count * self._itemsize
