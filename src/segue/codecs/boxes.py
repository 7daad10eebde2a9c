"""Boxes of an array that lies in a file in C order: which part is read, packed and put at a time.

Boxes are as long as what the source decodes at once, so that nothing is decoded twice, and of a few megabytes, so that few of them fill the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Region = tuple[slice, ...]

BOX_BYTES = 4 << 20
"""About as many bytes are packed at a time."""
MOST_BYTES = 16 * BOX_BYTES
"""Boxes that are as long as the chunks of the source have at most this size."""


def boxes(sizes: Sequence[int], itemsize: int, chunks: Sequence[int] = (), step: int = 1) -> list[Region]:
    """Boxes that cover an array once, in C order; the last axis is never cut.

    Parameters
    ----------
    sizes
        Of the array: (outer axes, rows, last axis).
    itemsize
        Bytes of a number.
    chunks
        Size along each axis of what the source decodes at once; empty = not known: then each box is one run of the array.
    step
        Rows are cut at multiples of this.
    """
    shape = _grown(sizes, itemsize, _smallest(sizes, itemsize, chunks, step), step)
    cuts = [[slice(start, min(start + length, size)) for start in range(0, size, length)] for size, length in zip(sizes, shape, strict=True)]
    return list(product(*cuts))


def _smallest(sizes: Sequence[int], itemsize: int, chunks: Sequence[int], step: int) -> list[int]:
    shape = [min(max(chunk, 1), size) for chunk, size in zip(chunks or (1,) * len(sizes), sizes, strict=True)]
    shape[-1] = sizes[-1]
    shape[-2] = -(-shape[-2] // step) * step
    while prod(shape) * itemsize > MOST_BYTES and any(length > (step if axis == len(shape) - 2 else 1) for axis, length in enumerate(shape[:-1])):
        axis = max(range(len(shape) - 1), key=lambda at: shape[at] // (step if at == len(shape) - 2 else 1))
        shape[axis] = -(-shape[axis] // 2) if axis < len(shape) - 2 else max(shape[axis] // 2 // step, 1) * step
    return shape


def _grown(sizes: Sequence[int], itemsize: int, shape: list[int], step: int) -> list[int]:
    """Longer along the rows, then along the outer axes from the last to the first, in multiples of what it is."""
    for axis in range(len(shape) - 2, -1, -1):
        times = max(BOX_BYTES // (prod(shape) * itemsize), 1)
        shape[axis] *= times
        if shape[axis] < sizes[axis]:
            break
        shape[axis] = -(-sizes[axis] // step) * step if axis == len(shape) - 2 else sizes[axis]
    return shape


def region_of(box: Region, axes: str, order: str) -> Region:
    """The region of pixels with ``axes`` that is a box of an array with the axes ``order``; axes that ``order`` lacks are of size 1."""
    parts = dict(zip(order, box, strict=True))
    return tuple(parts.get(name, slice(0, 1)) for name in axes)


def along(order: str, axes: str, values: Sequence[int], otherwise: int = 1) -> list[int]:
    """Values of ``axes`` (sizes, chunks) in the order of ``order``; empty stays empty."""
    known = dict(zip(axes, values, strict=True)) if values else {}
    return [known.get(name, otherwise) for name in order] if values else []


def arranged(block: Array, axes: str, order: str, dtype: np.dtype[Any]) -> Array:
    """A block with its axes in the order of a file, as one piece in C order and of its number type; axes of size 1 come and go."""
    gone = [axis for axis, name in enumerate(axes) if name not in order]
    kept = [name for name in order if name in axes]
    turned = block.transpose(gone + [axes.index(name) for name in kept])
    sizes = dict(zip(axes, block.shape, strict=True))
    return np.ascontiguousarray(turned, dtype).reshape([sizes.get(name, 1) for name in order])


def runs(box: Region, sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first item in the array, items) of each run of a box in an array in C order; the runs follow each other in the box, too."""
    lengths = [part.stop - part.start for part in box]
    cut = len(sizes)
    while cut > 0 and lengths[cut - 1] == sizes[cut - 1]:
        cut -= 1
    inner = max(cut - 1, 0)
    strides = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    first = sum(part.start * stride for part, stride in zip(box, strides, strict=True))
    for place in product(*(range(length) for length in lengths[:inner])):
        yield first + sum(at * stride for at, stride in zip(place, strides, strict=False)), prod(lengths[inner:])
