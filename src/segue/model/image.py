"""Images and label images: what their pixels are, never where their bytes lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol, runtime_checkable

import numpy as np

Region = tuple[slice, ...]
"""One slice with start and stop (step 1) per axis."""


@runtime_checkable
class Pixels(Protocol):
    """Pixels that are read region by region.

    An implementation is a small picklable reference to where the pixels are; it never holds an open file.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        """The pixels of a region, as a new array in native byte order."""
        ...


@dataclass(frozen=True, eq=False)
class ArrayPixels:
    """Pixels that are in memory already. The array becomes read-only."""

    array: np.ndarray[Any, Any]

    def __post_init__(self) -> None:
        array = self.array.view()
        array.flags.writeable = False
        object.__setattr__(self, "array", array)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = self.array.dtype
        return dtype

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        part = self.array[region]
        return part.astype(part.dtype.newbyteorder("="), copy=True)


@dataclass(frozen=True)
class Image:
    """Intensities."""

    pixels: Pixels
    axes: str
    """One letter of ``t c z y x`` per dimension of ``pixels``, in any order."""
    name: str = "image"
    channels: tuple[str, ...] = ()
    """Names along c, or empty when unknown."""
    data_range: tuple[float, float] | None = None
    """Lowest and highest value to display; None = not stated."""
    inverted: bool = False
    """Whether low values are shown bright: ImageJ's inverting LUT, the WhiteIsZero of TIFF. The values are what they are."""

    def __post_init__(self) -> None:
        check_axes(self.pixels, self.axes)
        if self.channels and len(self.channels) != size_of(self.pixels, self.axes, "c"):
            raise ValueError(f"{len(self.channels)} channel names for {size_of(self.pixels, self.axes, 'c')} channels")


@dataclass(frozen=True)
class LabelImage:
    """Segments as integers: 0 is background, ids may have gaps and exceed 65,535."""

    pixels: Pixels
    axes: str
    """One letter of ``t z y x`` per dimension of ``pixels``."""
    name: str = "labels"
    """The layer: what ``Objects.layer`` refers to."""
    persists: bool = True
    """Whether a label means the same object at every t, or labels restart in each frame."""

    def __post_init__(self) -> None:
        check_axes(self.pixels, self.axes)
        if "c" in self.axes or self.pixels.dtype.kind not in "uib":
            raise ValueError("a label image is an integer array without a channel axis")

    def fingerprint(self) -> str:
        """A hash of the segments that depends on neither number type nor chunking.

        SHA-256 over the shape in the order t z y x, then plane by plane over its number, its number of runs, and the runs of each
        row (start, length, label as little-endian uint64, background left out).
        """
        digest = hashlib.sha256(np.array([size_of(self.pixels, self.axes, name) for name in "tzyx"], "<u8").tobytes())
        for number, place in enumerate(places(self.pixels, self.axes)):
            _digest_plane(digest, number, self.pixels, self.axes, place)
        return digest.hexdigest()


BAND = 1 << 25
"""Bytes of a plane that are looked at together, in whole rows of chunks where these are not higher."""
MOST_HELD = 1 << 26
"""Bytes of runs that are held until their number is known; of a plane with more, the rows are read twice."""


def _digest_plane(digest: Any, number: int, pixels: Pixels, axes: str, place: dict[str, int]) -> None:
    held: list[np.ndarray[Any, Any]] = []
    count, size = 0, 0
    for runs in _runs_by_bands(pixels, axes, place):
        count += len(runs)
        size += runs.nbytes
        held = [*held, runs] if size <= MOST_HELD else []
    digest.update(np.array([number, count], "<u8").tobytes())
    for runs in held if size <= MOST_HELD else _runs_by_bands(pixels, axes, place):
        digest.update(runs.astype("<u8").tobytes())


def _runs_by_bands(pixels: Pixels, axes: str, place: dict[str, int]) -> Iterator[np.ndarray[Any, Any]]:
    """The runs of a plane in raster order, band of rows by band of rows."""
    height, width = size_of(pixels, axes, "y"), size_of(pixels, axes, "x")
    chunks = getattr(pixels, "chunks", ())
    chunk = int(chunks[axes.index("y")]) if len(chunks) == len(axes) else 1
    rows = max(1, BAND // max(1, width * pixels.dtype.itemsize))
    rows = rows // chunk * chunk or (chunk if chunk * width * pixels.dtype.itemsize <= 8 * BAND else rows)
    for begin in range(0, height, rows):
        runs = _runs(plane_at(pixels, axes, place, slice(begin, min(begin + rows, height))))
        runs[:, 0] += np.uint64(begin * width)
        yield runs


def _runs(plane: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(runs, 3) uint64: flat start, length, label of each run of equal non-zero labels within a row."""
    flat = np.ascontiguousarray(plane).reshape(-1)
    if flat.size == 0:
        return np.empty((0, 3), np.uint64)
    edge = np.empty(flat.size, bool)
    edge[0] = True
    np.not_equal(flat[1:], flat[:-1], out=edge[1:])
    edge[:: plane.shape[1]] = True
    start = np.flatnonzero(edge)
    length = np.diff(start, append=flat.size)
    label = flat[start].astype(np.int64 if flat.dtype.kind == "i" else np.uint64).view(np.uint64)
    kept = label != 0
    return np.column_stack((start[kept].astype(np.uint64), length[kept].astype(np.uint64), label[kept]))


def check_axes(pixels: Pixels, axes: str) -> None:
    if len(set(axes)) != len(axes) or set(axes) - set("tczyx") or len(axes) != len(pixels.shape) or not {"y", "x"} <= set(axes):
        raise ValueError(f"{axes!r} does not name the {len(pixels.shape)} axes of the pixels with t c z y x")


def size_of(pixels: Pixels, axes: str, name: str) -> int:
    """Size of one axis, 1 where the pixels do not have it."""
    return pixels.shape[axes.index(name)] if name in axes else 1


def planes(pixels: Pixels, axes: str) -> Iterator[tuple[dict[str, int], np.ndarray[Any, Any]]]:
    """Every (y, x) plane with its place, in the order t, c, z; one plane is in memory at a time."""
    for place in places(pixels, axes):
        yield place, plane_at(pixels, axes, place)


def places(pixels: Pixels, axes: str) -> Iterator[dict[str, int]]:
    """The t, c and z of every plane, in this order, as far as the pixels have these axes."""
    outer = [name for name in "tcz" if name in axes]
    for indexes in product(*(range(size_of(pixels, axes, name)) for name in outer)):
        yield dict(zip(outer, indexes, strict=True))


def plane_at(pixels: Pixels, axes: str, place: dict[str, int], rows: slice | None = None) -> np.ndarray[Any, Any]:
    """The (y, x) plane at the given t, c, z, or some rows of it; axes that the pixels do not have are passed over."""
    at = {name: slice(index, index + 1) for name, index in place.items()} | ({} if rows is None else {"y": rows})
    array = pixels.read(tuple(at.get(name, slice(0, size)) for name, size in zip(axes, pixels.shape, strict=True)))
    plane = array.reshape([size for name, size in zip(axes, array.shape, strict=True) if name in "yx"])
    return plane if axes.index("y") < axes.index("x") else plane.T


def in_memory(pixels: Pixels) -> np.ndarray[Any, Any]:
    """All pixels as one array."""
    if isinstance(pixels, ArrayPixels):
        return pixels.array
    return pixels.read(tuple(slice(0, size) for size in pixels.shape))
