"""One time point of an image as rows, whatever the order of its axes: the rows of a volume are counted through, plane by plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.model.image import ArrayPixels, Pixels, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Block = NDArray[np.generic]


@dataclass(frozen=True)
class Rows:
    """What a region task reads from. Picklable as the pixels are."""

    pixels: Pixels
    axes: str
    channels: tuple[int, ...] = (0,)
    """Along c; axis 0 of what is read."""
    t: int = 0
    before: int = 0
    """Rows of the image that were cut away before the first one of ``pixels``; row numbers stay those of the image."""

    whole: tuple[int, int] | None = None
    """Planes of the image and rows of a plane, where some were cut away."""

    @property
    def height(self) -> int:
        """Rows of a plane of the image."""
        return size_of(self.pixels, self.axes, "y") if self.whole is None else self.whole[1]

    @property
    def depth(self) -> int:
        """Planes of the image."""
        return size_of(self.pixels, self.axes, "z") if self.whole is None else self.whole[0]

    @property
    def width(self) -> int:
        return size_of(self.pixels, self.axes, "x")

    @property
    def count(self) -> int:
        """Rows of all planes."""
        return self.height * self.depth

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    def of(self, channels: tuple[int, ...]) -> Rows:
        """The same with other channels."""
        return replace(self, channels=channels)

    def read(self, first: int, end: int, left: int = 0, right: int | None = None) -> Block:
        """(channels, rows, x) in native byte order: rows ``first`` to before ``end``, columns ``left`` to before ``right``; pixels in memory are not copied."""
        right = self.width if right is None else right
        parts = [self._part(z, y, left, right) for z, y in self._planes(first - self.before, end - self.before)]
        found = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        return found.astype(found.dtype.newbyteorder("="), copy=False)

    def cut(self, first: int, end: int) -> Rows:
        """The same rows of pixels that are in memory, without the others (of a volume: without other planes): what a worker elsewhere gets."""
        if not isinstance(self.pixels, ArrayPixels) or self.whole is not None or first >= end:
            return self
        place = {"t": slice(self.t, self.t + 1), "y": slice(first, end)}
        if self.depth > 1:
            first = first // self.height * self.height
            place = {"t": place["t"], "z": slice(first // self.height, -(-end // self.height))}
        pixels = ArrayPixels(self.pixels.array[tuple(place.get(name, slice(None)) for name in self.axes)])
        return replace(self, pixels=pixels, t=0, before=first, whole=(self.depth, self.height))

    def _planes(self, first: int, end: int) -> Iterator[tuple[slice, slice]]:
        """Planes and rows that together are the rows ``first`` to ``end``: whole planes at once."""
        height = max(self.height, 1)
        while first < end:
            z, y = divmod(first, height)
            if y == 0 and end - first >= height:
                planes, rows = (end - first) // height, height
            else:
                planes, rows = 1, min(end - first, height - y)
            yield slice(z, z + planes), slice(y, y + rows)
            first += planes * rows

    def _part(self, z: slice, y: slice, left: int, right: int) -> Block:
        place = {"t": slice(self.t, self.t + 1), "z": z, "y": y, "x": slice(left, right)}
        parts = [self._ordered(place | {"c": slice(begin, end)}) for begin, end in _stretches(self.channels)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _ordered(self, place: dict[str, slice]) -> Block:
        """(c, z * y, x)"""
        region = tuple(place[name] for name in self.axes)
        found = self.pixels.array[region] if isinstance(self.pixels, ArrayPixels) else self.pixels.read(region)
        order = [name for name in "tczyx" if name in self.axes]
        found = found.transpose([self.axes.index(name) for name in order])
        channels = found.shape[order.index("c")] if "c" in order else 1
        return found.reshape(channels, -1, found.shape[-1])


def _stretches(channels: tuple[int, ...]) -> list[tuple[int, int]]:
    """Channels that follow each other, so that they are read together."""
    found: list[tuple[int, int]] = []
    for channel in channels:
        if found and found[-1][1] == channel:
            found[-1] = (found[-1][0], channel + 1)
        else:
            found.append((channel, channel + 1))
    return found
