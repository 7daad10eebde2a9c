"""From pixels to a threshold: histograms are made block by block, so an image may be of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import InvalidOption, UnsupportedVariant
from segue.measure.measurement import IMAGEJ, SKIMAGE
from segue.measure.segmenting.histograms import seen_by_imagej, values_of
from segue.measure.segmenting.thresholds import CLASSES, FINDERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.segmenting.histograms import Histogram
    from segue.measure.segmenting.thresholds_exact import Blocks


@dataclass(frozen=True)
class Method:
    """A way to find a threshold."""

    name: str
    formula: str
    source: str
    """The tool and version whose numbers these are."""


METHODS: tuple[Method, ...] = (
    Method("otsu", "the largest variance between background and objects, of 256 classes between the lowest and the highest value", IMAGEJ),
    Method("li", "the least cross entropy, of 256 classes", IMAGEJ),
    Method("triangle", "the class farthest from the line between peak and tail of the histogram of 256 classes", IMAGEJ),
    Method("imagej-default", "half-way between the means of background and objects (IsoData, ImageJ's Default), of 256 classes", IMAGEJ),
    Method("otsu-exact", "the largest variance between background and objects, of every value; fractions in 256 classes", SKIMAGE),
    Method("li-exact", "the least cross entropy, on the values themselves", SKIMAGE),
    Method("triangle-exact", "the value farthest from the line between peak and tail of the histogram of every value; fractions in 256 classes", SKIMAGE),
)
"""Every way to find a threshold; ``binary`` and numbers need none."""


@dataclass(frozen=True)
class Level:
    """The values that belong to objects, both ends included."""

    low: float = -np.inf
    high: float = np.inf

    def holds(self, block: NDArray[Any]) -> NDArray[np.bool_]:
        """Which pixels belong to objects; those without a number do not."""
        if block.dtype.kind == "b":
            block = block.view(np.uint8)
        if block.dtype.kind in "iu":
            return self._holds_whole(block)
        return np.asarray((block >= np.float64(self.low)) & (block <= np.float64(self.high)))

    def _holds_whole(self, block: NDArray[Any]) -> NDArray[np.bool_]:
        info = np.iinfo(block.dtype)
        low = int(info.min) if self.low <= info.min else int(np.ceil(min(self.low, 2.0**65)))
        high = int(info.max) if self.high >= info.max else int(np.floor(max(self.high, -(2.0**65))))
        if low > info.max or high < info.min or low > high:
            return np.zeros(block.shape, np.bool_)
        if high == info.max:
            return np.asarray(block >= block.dtype.type(low))
        return np.asarray((block >= block.dtype.type(low)) & (block <= block.dtype.type(high)))

    def __str__(self) -> str:
        if self.low == -np.inf:
            return f"up to {self.high:g}"
        return f"from {self.low:g}" if self.high == np.inf else f"{self.low:g} to {self.high:g}"


def level_of(method: str, blocks: Blocks, dtype: np.dtype[Any], *, dark_objects: bool = False, stack: bool = False) -> Level:
    """Find the threshold of an image.

    Parameters
    ----------
    method
        A name of ``METHODS``.
    blocks
        Called for the pixels, block by block, as often as they are needed.
    dtype
        Of the pixels.
    dark_objects
        Whether objects are the low values.
    stack
        Whether the pixels are of several planes: ImageJ makes the classes of a stack in another way.

    Raises
    ------
    UnsupportedVariant
        All pixels have one value, or none.
    TooLarge
        Whole numbers more than 2**24 apart, with a method on every value.
    """
    if method in FINDERS:
        return _as_imagej(method, blocks, dtype, dark_objects=dark_objects, stack=stack)
    if method in {one.name for one in METHODS}:
        return _exact(method, blocks, dtype, dark_objects=dark_objects)
    names = ", ".join(one.name for one in METHODS)
    raise InvalidOption(f"no threshold is called {method!r}; there are {names}, binary, a number such as 100 and a range such as 100:900", option="threshold")


def _as_imagej(method: str, blocks: Blocks, dtype: np.dtype[Any], *, dark_objects: bool, stack: bool) -> Level:
    found = seen_by_imagej(blocks, dtype, stack=stack)
    _check(found)
    last = FINDERS[method](found.counts)
    level = _of_class(last, found, dtype, dark_objects=dark_objects)
    return level if found.two is None else _between(level, found.two, dark_objects=dark_objects)


def _check(found: Histogram) -> None:
    if found.low is None or found.high is None:
        raise UnsupportedVariant("no pixel holds a number, so there is no threshold")
    if found.low == found.high:
        raise UnsupportedVariant(
            f"every pixel has the value {found.low:g}, so no threshold separates objects from background; give one as a number, e.g. --threshold 1"
        )


def _of_class(last: int, found: Histogram, dtype: np.dtype[Any], *, dark_objects: bool) -> Level:
    """Where the objects begin or end, scaled as ImageJ scales it; a threshold of 16 bits is a whole number."""
    low, high = float(found.low or 0), float(found.high or 0)
    place = last if dark_objects else min(last + 1, CLASSES - 1)
    if found.scaled:
        if dark_objects and place == CLASSES - 1:
            return Level()
        if not dark_objects and place == 0:
            return Level()
        value = low + (place / 255) * (high - low)
        value = float(np.floor(value + 0.5)) if dtype.kind in "iu" and dtype.itemsize <= 2 else value
    else:
        value = float(place)
    return Level(high=value) if dark_objects else Level(low=value)


def _between(level: Level, two: tuple[float, float], *, dark_objects: bool) -> Level:
    """Of an image of two values the threshold lies between them; the methods' own does not always (a mask of 0 and 1)."""
    low, high = two
    inside = [bool(level.low <= value <= level.high) for value in two]
    if inside == [dark_objects, not dark_objects]:
        return level
    return Level(high=low) if dark_objects else Level(low=high)


def _exact(method: str, blocks: Blocks, dtype: np.dtype[Any], *, dark_objects: bool) -> Level:
    from segue.measure.segmenting import thresholds_exact

    found = values_of(blocks, dtype)
    _check(found)
    assert found.centres is not None
    if method == "li-exact":
        highest = thresholds_exact.li(blocks, found.counts, found.centres, fractions=dtype.kind == "f")
    else:
        finder = thresholds_exact.otsu if method == "otsu-exact" else thresholds_exact.triangle
        highest = finder(found.counts, found.centres)
    level = Level(high=highest) if dark_objects else Level(low=float(np.nextafter(highest, np.inf)))
    return level if found.two is None else _between(level, found.two, dark_objects=dark_objects)


def binary_level(blocks: Blocks, dtype: np.dtype[Any], *, dark_objects: bool = False) -> Level:
    """Of an image of 0 and one other value, the other value; with ``dark_objects`` the 0.

    Raises
    ------
    UnsupportedVariant
        There are more values.
    """
    found: set[float] = set()
    for block in blocks():
        found |= {float(value) for value in np.unique(block[block == block])[:4]}
        if len(found - {0.0}) > 1:
            first, second = sorted(found - {0.0})[:2]
            hint = f"give the lowest value of objects, e.g. --threshold {first:g}, or a method, e.g. otsu"
            raise UnsupportedVariant(f"it is not binary: besides 0 it holds {first:g} and {second:g}; {hint}")
    if dark_objects:
        return Level(0, 0)
    others = found - {0.0}
    value = others.pop() if others else 1.0
    return Level(value, value)
