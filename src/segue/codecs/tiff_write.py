"""Writing TIFF files block by block: blocks of pages are packed by any workers and stored in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from segue.codecs import tiff_plan
from segue.codecs.blocks import BlockWriter, write_whole
from segue.codecs.boxes import Array, Region, along, boxes, region_of
from segue.codecs.raw_blocks import RawBlocks
from segue.codecs.tiff_ifd import Dialect
from segue.codecs.tiff_pack import pieces
from segue.codecs.tiff_plan import Plan, check, tags_of

if TYPE_CHECKING:
    from segue.model.image import Pixels
    from segue.tasks.workers import Workers


def write_tiff(file: BinaryIO, plan: Plan, pixels: Pixels, axes: str, workers: Workers | None = None) -> None:
    """Write one image to an empty file.

    Raises
    ------
    UnsupportedVariant, Incompatible
        The layout cannot hold such an image.
    """
    with tiff_blocks(file, plan, pixels, axes) as writer:
        write_whole(writer, pixels, workers)


@contextmanager
def tiff_blocks(file: BinaryIO, plan: Plan, pixels: Pixels, axes: str) -> Iterator[BlockWriter]:
    """The writer of an image with these pixels to an empty file, which is complete when the block ends.

    Raises
    ------
    UnsupportedVariant, Incompatible
        The layout cannot hold such an image.
    """
    check(plan)
    if plan.run:
        yield _run(file, plan, pixels, axes)
        file.seek(0, 2)
    else:
        writer = _Pieces(file, plan, pixels, axes)
        yield writer
        writer.finish()


def _run(file: BinaryIO, plan: Plan, pixels: Pixels, axes: str) -> RawBlocks:
    """Header and directories; then all planes are one run."""
    dialect, places = Dialect(plan.big), plan.places
    room = tiff_plan.CLASSIC_BYTES - (plan.rois.size if plan.rois else 0)
    listed = 1 if len(places) * plan.plane_bytes > room and not plan.big else len(places)
    head = len(dialect.header(0))
    first, other = (-(-dialect.size(tags_of(plan, dialect, nth, [0], [plan.plane_bytes], places)) // 16) * 16 for nth in (0, 1))
    start = -(-(head + first + other * (listed - 1)) // 4096) * 4096
    file.write(dialect.header(head))
    at = head
    for nth in range(listed):
        following = at + (other if nth else first)
        tags = tags_of(plan, dialect, nth, [start + nth * plan.plane_bytes], [plan.plane_bytes], places)
        file.write(dialect.directory(tags, at, following if nth < listed - 1 else 0).ljust(following - at, b"\0"))
        at = following
    file.write(bytes(start - at))
    return RawBlocks(file, start, pixels, axes, f"{plan.outer}yx", plan.dtype.newbyteorder("<"))


class _Pieces:
    """Header, packed pieces in the order in which they come, then the directories."""

    def __init__(self, file: BinaryIO, plan: Plan, pixels: Pixels, axes: str) -> None:
        self._file, self._plan, self._dialect = file, plan, Dialect(plan.big)
        order = f"{plan.outer}yx"
        self._sizes = along(order, axes, pixels.shape)
        self._boxes = boxes(self._sizes, plan.dtype.itemsize, along(order, axes, getattr(pixels, "chunks", ())), plan.rows)
        self._at = file.write(self._dialect.header(0))
        self._offsets, self._counts = (np.zeros((plan.pages, plan.pieces), np.int64) for _ in range(2))
        self.blocks: Sequence[Region] = [region_of(box, axes, order) for box in self._boxes]
        self.pack: Callable[[Array], list[bytes]] = partial(
            pieces,
            axes=axes,
            order=order,
            dtype=plan.dtype.newbyteorder("<"),
            rows=plan.rows,
            tile=plan.tile,
            compression=plan.compression,
        )

    def put(self, nth: int, packed: list[bytes]) -> None:
        box, plan = self._boxes[nth], self._plan
        pages = np.arange(plan.pages).reshape(self._sizes[:-2])[box[:-2]].reshape(-1)
        begin, end = (box[-2].start // plan.rows * plan.across, -(-box[-2].stop // plan.rows) * plan.across)
        counts = np.array([len(one) for one in packed], np.int64).reshape(len(pages), end - begin)
        self._counts[pages, begin:end] = counts
        self._offsets[pages, begin:end] = self._at + np.cumsum(counts).reshape(counts.shape) - counts
        for one in packed:
            self._at += self._file.write(one)

    def finish(self) -> None:
        plan, dialect, places, file = self._plan, self._dialect, self._plan.places, self._file
        at = self._at + file.write(bytes(-self._at % 8))
        first = at
        for nth in range(plan.pages):
            tags = tags_of(plan, dialect, nth, self._offsets[nth].tolist(), self._counts[nth].tolist(), places)
            following = at + dialect.size(tags)
            following += -following % 8
            file.write(dialect.directory(tags, at, following if nth < plan.pages - 1 else 0).ljust(following - at, b"\0"))
            at = following
        file.seek(0)
        file.write(dialect.header(first))
        file.seek(at)
