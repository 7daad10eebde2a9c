"""Label images with changes that are made while they are read: the image itself may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from segue.model.image import Pixels, Region, size_of

RUNS = {"plane": pl.Int64, "y": pl.Int64, "x0": pl.Int64, "x1": pl.Int64, "old": pl.UInt64, "new": pl.UInt64}
"""Runs of pixels within a row: plane (t * planes of z + z), row, first column, column behind the last, label before and after."""
NUMBERS = {"old": pl.UInt64, "new": pl.UInt64}
"""Labels before and after, for an image that gets other numbers everywhere; no two become one."""


@dataclass(frozen=True, eq=False)
class Painted:
    """Runs of pixels that get another label."""

    runs: pl.DataFrame
    """Columns as in ``RUNS``; no pixel twice."""

    def inverted(self) -> Painted:
        return Painted(_swapped(self.runs))


@dataclass(frozen=True, eq=False)
class Renumbered:
    """Labels that become other labels, everywhere."""

    numbers: pl.DataFrame
    """Columns as in ``NUMBERS``; labels that it does not name stay."""

    def inverted(self) -> Renumbered:
        return Renumbered(_swapped(self.numbers))


Change = Painted | Renumbered


def _swapped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(old="new", new="old")


@dataclass(frozen=True, eq=False)
class EditedPixels:
    """Label pixels with changes, made region by region. As many changes as one likes: they are a list, not a nest."""

    pixels: Pixels
    axes: str
    """Of ``pixels``: letters of ``t z y x``."""
    dtype: np.dtype[Any]
    """Holds every label after the last change."""
    changes: tuple[Change, ...] = ()
    widest: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.uint8))
    """Holds every label after each of the changes."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        """The changed pixels of a region, as a new array. Memory: about 30 bytes per pixel of the region that a change touches."""
        part = self.pixels.read(region)
        part = part.astype(_room(part.dtype, self.widest, self.dtype), copy=False)
        for change in self.changes:
            if isinstance(change, Renumbered):
                part = _renumbered(part, change.numbers)
            else:
                self._paint(part, region, change.runs)
        return part.astype(self.dtype.newbyteorder("="), copy=False)

    def _paint(self, part: np.ndarray[Any, Any], region: Region, runs: pl.DataFrame) -> None:
        sizes = {name: size_of(self.pixels, self.axes, name) for name in "tzyx"}
        at = dict(zip(self.axes, region, strict=True))
        y, x = at["y"], at["x"]
        key = (runs["plane"] * sizes["y"] + runs["y"]).to_numpy()
        for plane, number in _planes(part, self.axes, at, sizes["z"]):
            first, last = np.searchsorted(key, [number * sizes["y"] + y.start, number * sizes["y"] + y.stop])
            here = runs[int(first) : int(last)]
            begin, end = (np.clip(here[name].to_numpy(), x.start, x.stop) - x.start for name in ("x0", "x1"))
            length = end - begin
            start = np.cumsum(length) - length
            columns = np.arange(length.sum()) + np.repeat(begin - start, length)
            plane[np.repeat(here["y"].to_numpy() - y.start, length), columns] = np.repeat(here["new"].to_numpy().astype(part.dtype), length)


def _planes(part: np.ndarray[Any, Any], axes: str, at: dict[str, slice], depth: int) -> Iterator[tuple[np.ndarray[Any, Any], int]]:
    """Every (y, x) plane of a region, as a view, with its number in the image."""
    whole = part.transpose([axes.index(name) for name in "tzyx" if name in axes])
    whole = whole[tuple(slice(None) if name in axes else None for name in "tzyx")]
    t, z = at.get("t", slice(0, 1)), at.get("z", slice(0, 1))
    for one, other in product(range(t.start, t.stop), range(z.start, z.stop)):
        yield whole[one - t.start, other - z.start], one * depth + other


def _renumbered(part: np.ndarray[Any, Any], numbers: pl.DataFrame) -> np.ndarray[Any, Any]:
    numbers = numbers.sort("old")
    old, new = (numbers[name].to_numpy().astype(part.dtype) for name in ("old", "new"))
    if not len(old):
        return part
    place = np.searchsorted(old, part)
    np.minimum(place, len(old) - 1, out=place)
    return np.where(old[place] == part, new[place], part)


def _room(*dtypes: np.dtype[Any]) -> np.dtype[Any]:
    """A native integer type that holds the labels of all."""
    if np.dtype(np.uint64) in dtypes:
        return np.dtype(np.uint64)
    return np.result_type(np.uint8, *(dtype.newbyteorder("=") for dtype in dtypes))


def edited(pixels: Pixels, axes: str, change: Change, dtype: np.dtype[Any]) -> EditedPixels:
    """The pixels with one more change.

    Parameters
    ----------
    pixels
        May have changes already.
    axes
        One letter of ``t z y x`` per dimension.
    change
        Made after those that are there.
    dtype
        Integer type that holds every label afterwards.
    """
    if not isinstance(pixels, EditedPixels):
        pixels = EditedPixels(pixels, axes, pixels.dtype)
    if isinstance(change, Painted):
        change = Painted(change.runs.sort("plane", "y", "x0"))
    widest = _room(pixels.widest, pixels.dtype, dtype)
    return replace(pixels, dtype=dtype, changes=(*pixels.changes, change), widest=widest)


def type_for(dtype: np.dtype[Any], highest: int) -> np.dtype[Any]:
    """The number type of a label image, or the smallest larger one that holds ``highest`` too."""
    if dtype.kind == "b":
        return np.dtype(bool) if highest <= 1 else np.min_scalar_type(highest)
    if highest <= np.iinfo(dtype).max:
        return dtype
    larger = [np.dtype(f"{kind}{size}") for size in (2, 4, 8) for kind in ("u", "i") if size > dtype.itemsize and kind == dtype.kind]
    return next((one for one in larger if highest <= np.iinfo(one).max), np.dtype(np.uint64))
