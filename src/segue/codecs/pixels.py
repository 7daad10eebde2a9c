"""Looking at pixels block by block, and seeing them as another number type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, Protocol

import numpy as np

from segue.errors import Incompatible

Array = np.ndarray[Any, np.dtype[Any]]
Region = tuple[slice, ...]
BLOCK_BYTES = 16 << 20


class Readable(Protocol):
    """What every kind of pixels can do (see ``segue.model.image.Pixels``)."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def read(self, region: Region) -> Array: ...


@dataclass(frozen=True)
class Converted:
    """Pixels as another number type.

    Floats that are asked for as integers must be whole numbers in its range: labels that some programs store as floats.
    """

    pixels: Readable
    dtype: np.dtype[Any] = field(hash=False)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once; empty = not known."""
        return tuple(getattr(self.pixels, "chunks", ()))

    def read(self, region: Region) -> Array:
        """The pixels of a region.

        Raises
        ------
        Incompatible
            A float is no whole number.
        """
        part = self.pixels.read(region)
        if part.dtype.kind != "f" or self.dtype.kind == "f":
            with np.errstate(over="ignore"):
                return part.astype(self.dtype)
        limits = np.iinfo(self.dtype)
        if part.size and not (np.isfinite(part).all() and (part == np.floor(part)).all() and part.min() >= limits.min and part.max() <= limits.max):
            raise Incompatible("this image is not a label image: it holds numbers that are not whole, negative or too large")
        return part.astype(self.dtype)


def converted(pixels: Any, dtype: np.dtype[Any] | str) -> Any:
    """The same pixels if they are of that type already, else `Converted`."""
    wanted = np.dtype(dtype)
    return pixels if pixels.dtype == wanted else Converted(pixels, wanted)


def blocks(pixels: Readable, count: int = BLOCK_BYTES) -> Iterator[Region]:
    """Regions of about ``count`` bytes that cover the pixels once, in C order."""
    shape = pixels.shape
    if 0 in shape:
        return
    inner = 1
    cut = len(shape)
    while cut > 0 and inner * shape[cut - 1] * pixels.dtype.itemsize <= count:
        cut -= 1
        inner *= shape[cut]
    step = max(count // (inner * pixels.dtype.itemsize), 1)
    whole = tuple(slice(0, size) for size in shape[cut:])
    if cut == 0:
        yield whole
        return
    for place in product(*(range(size) for size in shape[: cut - 1])):
        for start in range(0, shape[cut - 1], step):
            yield (*(slice(at, at + 1) for at in place), slice(start, min(start + step, shape[cut - 1])), *whole)


def bounds(pixels: Readable) -> tuple[int, int]:
    """Lowest and highest of integer pixels, 0 included."""
    lowest = highest = 0
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 1:
        return (0, 255 if prod(pixels.shape) > BLOCK_BYTES else max((int(pixels.read(region).max()) for region in blocks(pixels)), default=0))
    for region in blocks(pixels):
        part = pixels.read(region)
        lowest, highest = min(lowest, int(part.min())), max(highest, int(part.max()))
    return (lowest, highest)


def rows_of(pixels: Readable, axes: str) -> Callable[[Mapping[str, int], int, int], Array]:
    """A function (place, start, stop) -> (rows, width): rows of the plane at a place; axes that a place does not name are at 0."""

    def rows(place: Mapping[str, int], start: int, stop: int) -> Array:
        region = [slice(place.get(axis, 0), place.get(axis, 0) + 1) for axis in axes]
        x = axes.index("x")
        region[axes.index("y")] = slice(start, stop)
        region[x] = slice(0, pixels.shape[x])
        part = pixels.read(tuple(region))
        plane = part.reshape([size for axis, size in zip(axes, part.shape, strict=True) if axis in "yx"])
        return plane if axes.index("y") < x else plane.T

    return rows
