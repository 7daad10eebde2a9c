"""Channels that lie in files of their own, as one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segue.model.image import Pixels

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class ChannelPart:
    """One channel: pixels, and which of their planes along c."""

    pixels: Pixels
    axes: str
    index: int = 0


@dataclass(frozen=True)
class ChannelStack:
    """The pixels of several channels: c first, then the axes that each of them has. Only the files of the channels that are asked for are opened.

    Numbers of different types are given in the smallest type that holds all of them.
    """

    parts: tuple[ChannelPart, ...]
    axes: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)

    @classmethod
    def of(cls, parts: tuple[ChannelPart, ...]) -> ChannelStack:
        """Of channels of equal sizes: an axis of one plane may be missing in some of them."""
        inner = "".join(axis for axis in "tzyx" if any(axis in part.axes for part in parts))
        shape = tuple(max(_size(part, axis) for part in parts) for axis in inner)
        return cls(parts, f"c{inner}", (len(parts), *shape), np.result_type(*(part.pixels.dtype for part in parts)))

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once."""
        return (1, *(max(self._chunk(part, axis) for part in self.parts) for axis in self.axes[1:]))

    @staticmethod
    def _chunk(part: ChannelPart, axis: str) -> int:
        chunks = getattr(part.pixels, "chunks", ())
        return int(chunks[part.axes.index(axis)]) if axis in part.axes and len(chunks) == len(part.axes) else 1

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, SourceChanged
        """
        wanted = [range(*one.indices(size)) for one, size in zip(region, self.shape, strict=True)]
        out = np.empty([len(one) for one in wanted], self.dtype)
        of = dict(zip(self.axes, wanted, strict=True))
        for target, number in zip(out, wanted[0], strict=True):
            part = self.parts[number]
            found = part.pixels.read(tuple(_slice(part, axis, of) for axis in part.axes))
            order = [part.axes.index(axis) for axis in self.axes[1:] if axis in part.axes]
            rest = [part.axes.index(axis) for axis in part.axes if axis not in self.axes[1:]]
            target[...] = found.transpose(rest + order).reshape(target.shape)
        return out


def _slice(part: ChannelPart, axis: str, of: dict[str, range]) -> slice:
    if axis == "c":
        return slice(part.index, part.index + 1)
    return slice(of[axis].start, of[axis].stop)


def _size(part: ChannelPart, axis: str) -> int:
    return part.pixels.shape[part.axes.index(axis)] if axis in part.axes else 1
