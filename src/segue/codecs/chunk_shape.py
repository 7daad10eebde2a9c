"""Sizes of chunks in which pixels are stored, and of the blocks of chunks that are read and packed at a time."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

CHUNK_BYTES = 512_000
"""ilastik's chunks of HDF5 and N5 have at most about this size."""
BLOCK_BYTES = 4 << 20
"""Blocks of this size cost little besides their pixels."""
MOST_BYTES = 32 << 20
"""Blocks that are as long as what their source decodes at once have at most this size."""


def chunk_shape(axes: str, shape: Sequence[int], pixels: int) -> tuple[int, ...]:
    """ilastik's rule: one time point and one channel, and along the other axes as equal as possible.

    Parameters
    ----------
    axes, shape
        One letter of ``t c z y x`` for each size.
    pixels
        About as many are in a chunk. (1000, 2000, 3000) in 1,000,000 pixels are chunks of 100 x 100 x 100.
    """
    sizes = [1 if name in "tc" else max(size, 1) for name, size in zip(axes, shape, strict=True)]
    found = [1] * len(sizes)
    rest = max(pixels, 1)
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    for nth, axis in enumerate(order):
        found[axis] = max(min(sizes[axis], int(rest ** (1 / (len(order) - nth)) + 0.5)), 1)
        rest = max(rest // found[axis], 1)
    return tuple(found)


def given_chunks(text: str, axes: str, shape: Sequence[int]) -> tuple[int, ...]:
    """The chunks that a user gives: a number for each axis (``1,64,64``), or one for all axes of space.

    Raises
    ------
    ValueError
        They do not fit the axes.
    """
    numbers = [int(one) for one in text.split(",")]
    if len(numbers) == 1:
        numbers = [1 if name in "tc" else numbers[0] for name in axes]
    if len(numbers) != len(axes) or min(numbers) < 1:
        raise ValueError(f"chunks={text} does not give a size of 1 and more for each axis ({axes})")
    return tuple(min(number, max(size, 1)) for number, size in zip(numbers, shape, strict=True))


def block_shape(shape: Sequence[int], chunk: Sequence[int], source: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Whole chunks that are read and packed together.

    Parameters
    ----------
    shape, chunk
        Sizes of the array and of its chunks.
    source
        Sizes of what the source of the pixels decodes at once; empty = not known. A block covers that where ``MOST_BYTES`` allow it, so that
        little is decoded twice.
    itemsize
        Bytes of a number.
    """
    most = [max(-(-size // one), 1) for size, one in zip(shape, chunk, strict=True)]
    counts = [min(-(-own // one), top) for own, one, top in zip(source or chunk, chunk, most, strict=True)]
    bytes_each = prod(chunk) * itemsize
    while prod(counts) * bytes_each > MOST_BYTES and max(counts) > 1:
        axis = max(range(len(counts)), key=counts.__getitem__)
        counts[axis] = -(-counts[axis] // 2)
    for axis in reversed(range(len(counts))):
        times = BLOCK_BYTES // (prod(counts) * bytes_each)
        counts[axis] = min(counts[axis] * max(times, 1), most[axis])
    return tuple(count * one for count, one in zip(counts, chunk, strict=True))
