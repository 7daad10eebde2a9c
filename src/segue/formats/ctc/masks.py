"""The masks of a folder as one label image, and what is in each frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import tiff
from segue.codecs.frame_stack import Frame, FrameStack
from segue.codecs.pixel_facts import Facts
from segue.codecs.pixels import blocks, converted
from segue.errors import Incompatible, Malformed
from segue.formats.ctc.places import INNER, Place, Places
from segue.model.image import Pixels
from segue.storage.source import Source

PRESENT = {"t": pl.Int32, "label": pl.UInt64}
"""One row for each label in each frame, sorted."""
_SMALL = np.dtype(np.uint16)


def stacked(places: Places) -> tuple[FrameStack, Facts]:
    """One label image over time; only the heads of the files are read.

    Returns
    -------
    The pixels, and what the first file says besides.

    Raises
    ------
    Malformed, UnsupportedVariant
        A file is damaged, or is not one plane or volume of whole numbers.
    Incompatible
        The masks differ in size.
    """
    frames: list[list[Frame]] = [[] for _ in range(places.masks[-1].t + 1)]
    shapes: dict[tuple[int, ...], Place] = {}
    facts: Facts | None = None
    for place in places.masks:
        pixels, described = _mask(place)
        facts = facts or described
        shapes.setdefault(pixels.shape, place)
        frames[place.t].append(Frame(pixels, place.z))
    _check(shapes, places)
    shape = next(iter(shapes))
    depth = (shape[0],) if len(shape) == 3 else _depth(places)
    dtype = np.result_type(*(frame.pixels.dtype for one in frames for frame in one))
    if dtype.kind == "f":  # uint64 and a signed type have no common one among whole numbers
        dtype = np.dtype(np.uint64)
    return FrameStack(tuple(map(tuple, frames)), (len(frames), *depth, *shape[-2:]), dtype), facts or Facts()


def _depth(places: Places) -> tuple[int, ...]:
    """Planes of a volume that was annotated in part: as many as the masks of the tracks beside it have, or up to the last one annotated."""
    planes = [place.z for place in places.masks if place.z is not None]
    if not planes:
        return ()
    beside = places.folder.parent / INNER[0]
    tracks = [path for path in sorted(beside.glob("man_track*.tif"))[:1] if path.is_file()]
    shape = _mask(Place(tracks[0], 0))[0].shape if tracks else ()
    return (max(max(planes) + 1, shape[0] if len(shape) == 3 else 0),)


def _mask(place: Place) -> tuple[Pixels, Facts]:
    source = Source(place.path)
    found = tiff.describe(source)
    one = found[0]
    shape = tuple(size for size in one.shape[:-2] if size > 1)
    if len(found) > 1 or len(shape) > (place.z is None) or one.dtype.kind not in "uifb":
        sizes = " x ".join(map(str, one.shape))
        raise Malformed(f"{place.path} is not the mask of one frame: it holds {len(found)} image(s), the first of {sizes} {one.dtype.name}", path=place.path)
    pixels: Pixels = tiff.TiffPixels(source, 0, one.shape, one.dtype)
    if one.dtype.kind == "f":
        pixels = converted(pixels, "uint32")
    return _Squeezed(pixels, (*shape, *one.shape[-2:])) if len(shape) + 2 < len(one.shape) else pixels, one.facts


class _Squeezed:
    """Pixels without their outer axes of one plane."""

    def __init__(self, pixels: Pixels, shape: tuple[int, ...]) -> None:
        self.pixels, self.shape = pixels, shape
        self.kept = [size > 1 or nth >= len(pixels.shape) - 2 for nth, size in enumerate(pixels.shape)]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        return tuple(chunk for chunk, kept in zip(getattr(self.pixels, "chunks", ()), self.kept, strict=False) if kept)

    def read(self, region: tuple[slice, ...]) -> np.ndarray[Any, Any]:
        rest = iter(region)
        found = self.pixels.read(tuple(next(rest) if kept else slice(0, 1) for kept in self.kept))
        return found.reshape([size for size, kept in zip(found.shape, self.kept, strict=True) if kept])


def _check(shapes: dict[tuple[int, ...], Place], places: Places) -> None:
    if len(shapes) > 1:
        (one, first), (other, second), *_ = shapes.items()
        sizes = [" x ".join(map(str, shape)) for shape in (one, other)]
        raise Incompatible(
            f"{second.path.name} has {sizes[1]} pixels and {first.path.name} {sizes[0]}: the masks of a series are of one size", path=second.path
        )
    whole = {place.t for place in places.masks if place.z is None}
    both = next((place for place in places.masks if place.z is not None and place.t in whole), None)
    if both is not None:
        raise Incompatible(f"{both.path.name} is a plane of a frame of which {both.path.parent.name} holds the whole mask, too", path=both.path)


def present_in_files(stack: FrameStack) -> pl.DataFrame:
    """The same as `present_in`; frames without a file are not looked at.

    Raises
    ------
    Incompatible, Malformed
    """
    kept = [t for t, frames in enumerate(stack.frames) if frames]
    found = present_in(replace(stack, frames=tuple(stack.frames[t] for t in kept), shape=(len(kept), *stack.shape[1:])), stack.axes)
    return found.with_columns(t=pl.Series(kept, dtype=pl.Int32).gather(found["t"]))


def present_in(pixels: Pixels, axes: str) -> pl.DataFrame:
    """Which labels (from 1) are in which frame, as ``PRESENT``. Every pixel is looked at once; memory: some 16 MB.

    Raises
    ------
    Incompatible
        A label is negative.
    """
    at = axes.find("t")
    found: list[pl.DataFrame] = []
    for region in blocks(pixels):
        part = pixels.read(region)
        for t in range(part.shape[at]) if at >= 0 else (0,):
            labels = _labels(part if at < 0 else part.take(t, axis=at))
            first = region[at].start if at >= 0 else 0
            found.append(pl.DataFrame({"t": np.full(len(labels), first + t, np.int32), "label": labels}, schema=PRESENT))
    return pl.concat([pl.DataFrame(schema=PRESENT), *found]).unique().sort("t", "label")


def _labels(part: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if part.dtype.kind == "i" and part.size and part.min() < 0:
        raise Incompatible(f"a mask holds the label {int(part.min())}; labels are whole numbers from 1, and 0 where nothing is")
    if part.dtype.kind == "b" or (part.dtype.kind == "u" and part.dtype.itemsize <= _SMALL.itemsize):
        counts = np.bincount(part.reshape(-1))
        return (np.flatnonzero(counts[1:]) + 1).astype(np.uint64)
    labels = np.unique(part)
    return labels[labels > 0].astype(np.uint64)
