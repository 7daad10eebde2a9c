"""A sequence: a file per index of one axis, in any format that holds a slice. The formats know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.codecs.pixel_views import OnePlace
from segue.model.grid import Axis, Grid
from segue.model.image import Image, Pixels, Region
from segue.model.study import ImageSet

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter

Array = np.ndarray[Any, np.dtype[Any]]


def step_axis(axes: str, shape: Sequence[int], wanted: str | None) -> str | None:
    """The axis of a sequence: the one that was named, else the leftmost that is larger than 1; None = there is none."""
    if wanted is not None:
        return wanted if wanted in axes else None
    return next((name for name, size in zip(axes, shape, strict=True) if size > 1), next((name for name in axes if name not in "yx"), None))


def slice_axes(axes: str, step: str) -> str:
    """The axes of a slice. One across y or x is looked at from the side: its last two axes become rows and columns."""
    left = axes.replace(step, "")
    if step not in "yx":
        return left
    side = [name for name in left if name != "c"][-2:]
    return left if len(side) < 2 else "".join("yx"[side.index(name)] if name in side else name for name in left)


def slice_set(whole: ImageSet, step: str, index: int) -> ImageSet:
    """The image set of a slice; its grid loses the axis."""
    image = whole.images[0]
    at, axes = image.axes.index(step), slice_axes(image.axes, step)
    channels = image.channels[index : index + 1] if step == "c" else image.channels
    pixels = OnePlace(image.pixels, at, index)
    return replace(whole, grid=_grid(whole.grid, image.axes.replace(step, ""), axes, pixels.shape), images=(_image_of(image, pixels, axes, channels),))


def _image_of(image: Image, pixels: Pixels, axes: str, channels: tuple[str, ...]) -> Image:
    """The same image with other pixels."""
    return Image(pixels, axes, image.name, channels, image.data_range, image.inverted)


def _grid(grid: Grid, old: str, new: str, shape: tuple[int, ...]) -> Grid:
    """The axes of the slice, each with what is known of the axis that it was."""
    found = {name: replace(grid.axis(was) or Axis(name), name=name, size=size) for was, name, size in zip(old, new, shape, strict=True) if name != "c"}
    return Grid(tuple(found.get(name) or Axis(name, 1) for name in "tzyx" if name in found or name in "yx"), grid.world if old == new else None)


TOGETHER_BYTES = 32 << 20
"""Slices that the source decodes at once are read together, up to this size."""


class SequenceWriter:
    """All files of a sequence as one container: blocks are read and packed by all workers, whichever file they are for."""

    def __init__(self, opened: Sequence[Callable[[], AbstractContextManager[BlockWriter]]], at: int, runs: Sequence[range]) -> None:
        self._opened = opened
        self._at = at
        self._current = -1
        self._manager: AbstractContextManager[BlockWriter] | None = None
        self._writer = self._begin(0)
        self._inner = tuple(self._writer.blocks)
        self._runs = runs if len(self._inner) == 1 else [range(index, index + 1) for index in range(len(opened))]

    @property
    def blocks(self) -> list[Region]:
        """The blocks of the first file, then those of the next one; or several files that are one block each."""
        return [(*part[: self._at], slice(run.start, run.stop), *part[self._at :]) for run in self._runs for part in self._inner]

    @property
    def pack(self) -> Callable[[Array], Any]:
        return partial(_pack, pack=self._writer.pack, at=self._at)

    def put(self, nth: int, packed: list[Any]) -> None:
        """Store a block in its file, or each of several in its own."""
        run, inner = divmod(nth, len(self._inner))
        for index, one in zip(self._runs[run], packed, strict=True):
            if index != self._current:
                self.end()
                self._writer = self._begin(index)
            self._writer.put(inner, one)

    def end(self, error: BaseException | None = None) -> None:
        """Complete the file that is being written, or tell its writer what happened."""
        manager, self._manager = self._manager, None
        if manager is not None:
            manager.__exit__(None if error is None else type(error), error, None if error is None else error.__traceback__)

    def _begin(self, index: int) -> BlockWriter:
        manager = self._opened[index]()
        writer = manager.__enter__()
        self._manager, self._current = manager, index
        return writer


@contextmanager
def sequence(opened: Sequence[Callable[[], AbstractContextManager[BlockWriter]]], at: int, runs: Sequence[range]) -> Iterator[SequenceWriter]:
    """A sequence that is being written.

    Parameters
    ----------
    opened
        Opens the container of each slice.
    at
        The dimension of the pixels whose indexes the slices are.
    runs
        The slices that are read together if each is one block; see `runs_of`.
    """
    writer = SequenceWriter(opened, at, runs)
    try:
        yield writer
    except BaseException as error:
        writer.end(error)
        raise
    writer.end()


def runs_of(pixels: Pixels, at: int, first: int) -> list[range]:
    """The slices of pixels along a dimension in runs that their source decodes at once.

    Parameters
    ----------
    pixels
        Those of the sequence; they may have ``chunks``.
    at
        The dimension of the slices.
    first
        Where the first slice lies in the source.
    """
    count = pixels.shape[at]
    chunk = (tuple(getattr(pixels, "chunks", ())) or (1,) * len(pixels.shape))[at]
    one = prod(pixels.shape) // max(count, 1) * pixels.dtype.itemsize
    length = max(min(chunk, TOGETHER_BYTES // max(one, 1)), 1)
    found, start = [], 0
    while start < count:
        stop = min(start - (first + start) % length + length, count)
        found.append(range(start, stop))
        start = stop
    return found


def _pack(block: Array, *, pack: Callable[[Array], Any], at: int) -> list[Any]:
    return [pack(block[(slice(None),) * at + (nth,)]) for nth in range(block.shape[at])]
