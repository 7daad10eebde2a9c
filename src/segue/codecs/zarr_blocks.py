"""A Zarr array that is written block by block."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.zarr_layout import Layout, block_shape, blocks
from segue.codecs.zarr_pack import packed_files
from segue.model.image import Region


class ArrayWriter:
    """A new array; a `segue.codecs.blocks.BlockWriter`. Its metadata are written at once, files of chunks (or shards) as they come.

    Parameters
    ----------
    folder
        Does not exist yet; the folder above does.
    layout
        How the array is laid out.
    order
        Dimension i of the array is dimension ``order[i]`` of the pixels.
    together
        What the source of the pixels decodes at once, along the dimensions of the pixels; empty = not known.
    """

    def __init__(self, folder: Path, layout: Layout, order: tuple[int, ...], together: Sequence[int] = ()) -> None:
        self._folder, self._layout, self._order = folder, layout, order
        stored = tuple(together[axis] for axis in order) if len(together) == len(order) else ()
        self._block = block_shape(layout.shape, layout.file, layout.dtype.itemsize, stored)
        self._regions = tuple(blocks(layout.shape, self._block))
        self._made: set[Path] = set()
        folder.mkdir()
        for name, content in layout.metadata().items():
            write_json(folder / name, content)

    @property
    def blocks(self) -> Sequence[Region]:
        """The regions of the pixels."""
        back = np.argsort(self._order)
        return [tuple(region[axis] for axis in back) for region in self._regions]

    @property
    def pack(self) -> Callable[[np.ndarray[Any, Any]], list[bytes | None]]:
        """A block as the bytes of its files."""
        return partial(packed_files, self._layout, self._order)

    def put(self, nth: int, packed: list[bytes | None]) -> None:
        """Write the files of a block."""
        region = self._regions[nth]
        ranges = [range(one.start // size, -(-one.stop // size)) for one, size in zip(region, self._layout.file, strict=True)]
        for place, content in zip(product(*ranges), packed, strict=True):
            if content is not None:
                self._write(place, content)

    def _write(self, place: tuple[int, ...], content: bytes) -> None:
        root = self._folder / "c" if self._layout.version == 3 else self._folder
        path = root.joinpath(*map(str, place))
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        path.write_bytes(content)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """A file of metadata."""
    path.write_text(json.dumps(content, indent=2), "utf-8")
