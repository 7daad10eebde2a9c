"""Writing pixels block by block: blocks are read and packed by any workers, and put into the file one after the other.

A container of pixels (HDF5, N5, Zarr, TIFF, PNG, npy) is a `BlockWriter`. What it is given are `Pixels` (``segue.model.image``), which are read block by
block: they may be a file on disk, or a change of one. Memory: ``tasks.workers.AHEAD`` blocks per worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segue.tasks.workers import Threads
from segue.transform.tally import Tally

if TYPE_CHECKING:
    from segue.model.image import Pixels, Region
    from segue.tasks.workers import Workers

    Array = np.ndarray[Any, np.dtype[Any]]


class BlockWriter(Protocol):
    """A container that is being written."""

    @property
    def blocks(self) -> Sequence[Region]:
        """The regions of the pixels, in the order in which they are put; together all pixels, each once."""
        ...

    @property
    def pack(self) -> Callable[[Array], Any]:
        """A block as it is stored, often bytes. A function of a module, or a partial of one: it may run elsewhere; it knows nothing of the file."""
        ...

    def put(self, nth: int, packed: Any) -> None:
        """Store the block ``blocks[nth]``; called in their order, by one thread."""
        ...


def write_blocks(writer: BlockWriter, pixels: Pixels, workers: Workers) -> Iterator[Tally]:
    """Write all blocks; after each one, what a change of values altered in it (``read_tallied`` of pixels that count that).

    The caller opens and closes the writer, and may stop in between.
    """
    for one, source in [(writer, pixels), *_then(writer)]:
        work = partial(_packed, source, one.pack)
        for nth, (packed, tally) in enumerate(workers.run(work, one.blocks)):
            one.put(nth, packed)
            yield tally


def count(writer: BlockWriter) -> int:
    """How many blocks `write_blocks` writes."""
    return len(writer.blocks) + sum(len(one.blocks) for one, _ in _then(writer))


def _then(writer: BlockWriter) -> Iterable[tuple[BlockWriter, Pixels]]:
    """What is written after a writer: a container of several arrays (the resolutions of an image) has a method ``then``.

    It gives further writers, with the pixels that each of them stores; these may lie in what was written before.
    """
    then: Callable[[], Iterable[tuple[BlockWriter, Pixels]]] = getattr(writer, "then", tuple)
    return then()


def write_whole(writer: BlockWriter, pixels: Pixels, workers: Workers | None = None) -> None:
    """Write all blocks; without ``workers`` in this thread."""
    for _ in write_blocks(writer, pixels, workers or Threads(1)):
        pass


def _packed(pixels: Pixels, pack: Callable[[Array], Any], region: Region) -> tuple[Any, Tally]:
    counting = getattr(pixels, "read_tallied", None)
    block, tally = counting(region) if counting is not None else (pixels.read(region), Tally())
    return pack(block), tally
