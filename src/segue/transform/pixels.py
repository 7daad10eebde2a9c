"""Pixels that are a change of other pixels; nothing is computed before a region is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.transform.change import Change, cut, reordered
from segue.transform.parts import parts
from segue.transform.tally import Tally
from segue.transform.turning import put
from segue.transform.values import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    @cached_property
    def shape(self) -> tuple[int, ...]:
        sizes = {name: part.stop - part.start for name, part in zip(self.source_axes, self._window, strict=True)}
        return tuple(sizes.get(name, 1) for name in self.axes)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        own = self.source.dtype.newbyteorder("=")
        plain: np.dtype[Any] = np.dtype(np.uint8) if own.kind == "b" and self.change.dtype is None else own
        return plain if self.change.dtype is None else self.change.dtype.newbyteorder("=")

    @cached_property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what the source decodes at once; empty = not known."""
        known = dict(zip(self.source_axes, self._source_chunks, strict=False))
        return tuple(min(known.get(name, 1), size) for name, size in zip(self.axes, self.shape, strict=True)) if known else ()

    def read(self, region: Region) -> Array:
        """The pixels of a region of the result."""
        return self.read_tallied(region)[0]

    def read_tallied(self, region: Region) -> tuple[Array, Tally]:
        """The pixels of a region of the result, and how many of them the change of values altered. Only that region of the source is read."""
        wanted, whole = dict(zip(self.axes, region, strict=True)), slice(0, 1)
        cuts = [(window.start, wanted.get(name, whole)) for name, window in zip(self.source_axes, self._window, strict=True)]
        inside = tuple(slice(first + cut.start, first + cut.stop) for first, cut in cuts)
        shape = tuple(cut.stop - cut.start for cut in region)
        if self._is_plain:
            values, counts = self._changed(inside)
            return np.ascontiguousarray(values).reshape(shape), counts
        out, tally = np.empty(shape, self.dtype), Tally()
        for piece in parts(inside, self.source.dtype.itemsize, self._source_chunks):
            values, counts = self._changed(piece)
            at = dict(zip(self.source_axes, (slice(a.start - b.start, a.stop - b.start) for a, b in zip(piece, inside, strict=True)), strict=True))
            self._put(values, out, at)
            tally += counts
        return out, tally

    def _put(self, values: Array, out: Array, at: Mapping[str, slice]) -> None:
        """Values of the source at a place of the result, where the axes have another order; those that only one of them has are of size 1."""
        kept = [name for name in self.axes if name in self.source_axes]
        of_source = [name for name in self.source_axes if name in self.axes]
        target = out[tuple(at.get(name, 0) for name in self.axes)].transpose([kept.index(name) for name in of_source])
        put(values.reshape(target.shape), out, target)

    def _changed(self, piece: Region) -> tuple[Array, Tally]:
        look = self.source.read if self.change.renormalise is None else getattr(self.source, "look", self.source.read)
        values, counts = changed(look(piece), self.change.renormalise, self.dtype, self.change.rule)
        return values, Tally(*counts)

    @property
    def _is_plain(self) -> bool:
        """Whether a block of the source is a block of the result."""
        same = self.dtype == self.source.dtype and self.change.renormalise is None
        return same and [name for name in self.axes if name in self.source_axes] == [name for name in self.source_axes if name in self.axes]

    @cached_property
    def _source_chunks(self) -> tuple[int, ...]:
        return tuple(getattr(self.source, "chunks", ()))
