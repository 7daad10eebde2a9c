"""Pixels that are a change of other pixels; nothing is computed before a region is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.transform.change import Change, cut, reordered
from segue.transform.tally import Tally
from segue.transform.values import changed

if TYPE_CHECKING:
    from segue.model.image import Pixels, Region

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Changed:
    """Pixels cut out, renormalised, cast, and with their axes in another order.

    Raises
    ------
    Incompatible
        When it is made: the change does not fit the pixels.
    """

    source: Pixels
    source_axes: str
    """One letter of ``t c z y x`` per dimension of ``source``."""
    change: Change

    def __post_init__(self) -> None:
        _ = self.axes, self._window

    @cached_property
    def _window(self) -> Region:
        return cut(self.change, self.source_axes, self.source.shape)

    @cached_property
    def axes(self) -> str:
        """One letter per dimension of the result."""
        sizes = tuple(part.stop - part.start for part in self._window)
        return reordered(self.change, self.source_axes, sizes)

    @property
    def shape(self) -> tuple[int, ...]:
        sizes = {name: part.stop - part.start for name, part in zip(self.source_axes, self._window, strict=True)}
        return tuple(sizes.get(name, 1) for name in self.axes)

    @property
    def dtype(self) -> np.dtype[Any]:
        own = self.source.dtype.newbyteorder("=")
        plain: np.dtype[Any] = np.dtype(np.uint8) if own.kind == "b" and self.change.dtype is None else own
        return plain if self.change.dtype is None else self.change.dtype.newbyteorder("=")

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what the source decodes at once; empty = not known."""
        known = dict(zip(self.source_axes, getattr(self.source, "chunks", ()), strict=False))
        return tuple(min(known.get(name, 1), size) for name, size in zip(self.axes, self.shape, strict=True)) if known else ()

    def read(self, region: Region) -> Array:
        """The pixels of a region of the result."""
        return self.read_tallied(region)[0]

    def read_tallied(self, region: Region) -> tuple[Array, Tally]:
        """The pixels of a region of the result, and how many of them the change of values altered. Only that region of the source is read."""
        wanted = dict(zip(self.axes, region, strict=True))
        whole = slice(0, 1)
        parts = [(window.start, wanted.get(name, whole)) for name, window in zip(self.source_axes, self._window, strict=True)]
        block = self.source.read(tuple(slice(first + part.start, first + part.stop) for first, part in parts))
        values, counts = changed(block, self.change.renormalise, self.dtype, self.change.rule)
        return self._in_order(values, tuple(part.stop - part.start for part in region)), Tally(*counts)

    def _in_order(self, block: Array, shape: tuple[int, ...]) -> Array:
        kept = [name for name in self.axes if name in self.source_axes]
        gone = [name for name in self.source_axes if name not in self.axes]
        order = [self.source_axes.index(name) for name in (*gone, *kept)]
        return np.ascontiguousarray(block.transpose(order)).reshape(shape)
