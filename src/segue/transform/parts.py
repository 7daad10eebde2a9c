"""A region in parts, so that a change of a large block needs little memory besides the block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.model.image import Region

PART_BYTES = 4 << 20
"""About as much is read at a time: it stays in the caches of a processor until it is changed."""


def parts(region: Region, itemsize: int, chunks: Sequence[int] = ()) -> Iterator[Region]:
    """Regions that cover a region once, in C order.

    Parameters
    ----------
    region
        One slice with start and stop per axis.
    itemsize
        Bytes that are read for one pixel.
    chunks
        What the source decodes at once, from the first pixel of the source on: nothing is cut inside of that. Empty = not known.
    """
    yield from _cut(tuple(region), itemsize, tuple(chunks) or (1,) * len(region), 0)


def _cut(region: Region, itemsize: int, chunks: Sequence[int], axis: int) -> Iterator[Region]:
    size = prod(one.stop - one.start for one in region) * itemsize
    if axis == len(region) or size <= PART_BYTES:
        yield region
        return
    start, stop = region[axis].start, region[axis].stop
    chunk = max(chunks[axis], 1)
    step = max(PART_BYTES * (stop - start) // (size * chunk), 1) * chunk
    while start < stop:
        end = min(start - start % chunk + step, stop)
        yield from _cut((*region[:axis], slice(start, end), *region[axis + 1 :]), itemsize, chunks, axis + 1)
        start = end
