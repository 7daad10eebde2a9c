"""Grids, images and label images to draw, at most 24 x 24 pixels, and where the segments lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.testing.allowed import Allowed
from segue.testing.drawings import HOLE, OUTER, Parts
from segue.testing.scalars import numbers, texts

TILE = 6
"""Each object has a square of its own in the picture, so that segments never overlap."""
PER_ROW = 4
DTYPES = tuple("uint8 uint16 int16 int8 uint32 int32 float32 float64 bool uint64 int64 float16 >u2 complex64".split())
LABEL_DTYPES = tuple("uint8 uint16 uint32 int32 int16 uint64 int64 >u2".split())


@dataclass(frozen=True)
class Frame:
    """Sizes of the axes t z y x that a picture has."""

    sizes: dict[str, int]

    def size(self, axis: str) -> int:
        return self.sizes.get(axis, 1)


@dataclass(frozen=True)
class Segment:
    """Where a label is painted."""

    tile: int
    label: int
    outer: int
    """Which of ``OUTER``."""
    hole: bool = False
    t: int | None = None
    z: int = 0
    """First of its planes; it reaches to the last."""

    @property
    def corner(self) -> tuple[int, int]:
        return (self.tile % PER_ROW * TILE + 1, self.tile // PER_ROW * TILE + 1)

    @property
    def parts(self) -> Parts:
        """Its outline along pixel edges."""
        x, y = self.corner
        rings = [OUTER[self.outer], *([HOLE] if self.hole else [])]
        return [[[(x + a, y + b) for a, b in ring] for ring in rings]]


_MASKS = tuple(np.array([[character == "#" for character in row] for row in rows.split()]) for rows in ("### ### ###", "#.. #.. ###", ".#. ### .#."))
"""The pixels inside each of ``OUTER``."""


def frame(draw: st.DrawFn, allowed: Allowed, tiles: int) -> Frame:
    """Axes and sizes; with ``tiles`` > 0 there is room for as many."""
    axes = _axes_of(allowed)
    sizes = {axis: draw(st.integers(1, 3)) for axis in "tz" if axis in axes and draw(st.booleans())}
    if tiles:
        return Frame(sizes | {"y": (-(-tiles // PER_ROW)) * TILE, "x": min(tiles, PER_ROW) * TILE})
    return Frame(sizes | {axis: draw(st.integers(1, 24)) for axis in "yx"})


def _axes_of(allowed: Allowed) -> set[str]:
    """Axes that everything drawn may have."""
    features = [feature for feature in (F.IMAGES, F.LABELS, F.GRID_SIZE) if feature in allowed]
    return {axis for axis in "tzyx" if all(allowed.limit(feature).axes is None or axis in (allowed.limit(feature).axes or "") for feature in features)}


def grid(draw: st.DrawFn, allowed: Allowed, sizes: Frame, *, known: bool) -> Grid:
    """The grid of a picture; without a picture its sizes may be unknown."""
    known = known or (F.GRID_SIZE in allowed and draw(st.booleans()))
    axes = tuple(_axis(draw, allowed, name, sizes.sizes[name] if known else None) for name in "tzyx" if name in sizes.sizes)
    world = None
    if allowed.may(F.ORIGIN, "world") and draw(st.booleans()):
        world = ((0.0, -1.0, draw(numbers(Limit(), low=-9, high=9))), (1.0, 0.0, 2.5), (0.0, 0.0, 1.0))
    return Grid(axes, world)


def _axis(draw: st.DrawFn, allowed: Allowed, name: str, size: int | None) -> Axis:
    pixel, origin = allowed.limit(F.PIXEL_SIZE), allowed.limit(F.ORIGIN)
    scale = unit = None
    if F.PIXEL_SIZE in allowed and name in (pixel.axes or "tzyx") and draw(st.booleans()):
        scale = draw(numbers(pixel, low=pixel.grid or 1e-3, high=1e3))
        units = st.sampled_from(("s", "ms", "min") if name == "t" else ("um", "nm", "mm"))
        unit = draw(st.sampled_from(pixel.choices) if pixel.choices else st.none() | units)
    translation = 0.0
    if allowed.may(F.ORIGIN, "translation") and name in (origin.axes or "tzyx") and draw(st.booleans()):
        translation = draw(numbers(origin, low=-1e4, high=1e4))
    return Axis(name, size, scale, unit, translation)


def image(draw: st.DrawFn, allowed: Allowed, sizes: Frame) -> Image:
    """Random intensities of any number type on the frame, with or without channels."""
    limit = allowed.limit(F.IMAGES)
    axes = [axis for axis in "tzyx" if axis in sizes.sizes]
    channels = 0
    if "c" in (limit.axes or "tczyx") and draw(st.booleans()):
        channels = draw(st.integers(1, 3))
        axes.append("c")
    axes = draw(st.permutations(axes))
    dtype = np.dtype(draw(st.sampled_from(allowed.limit(F.PIXEL_TYPE).dtypes or limit.dtypes or DTYPES)))
    shape = [channels if axis == "c" else sizes.size(axis) for axis in axes]
    names: tuple[str, ...] = ()
    if channels and F.CHANNEL_NAMES in allowed and draw(st.booleans()):
        names = tuple(draw(texts(allowed.limit(F.CHANNEL_NAMES))) for _ in range(channels))
    data_range = None
    if F.DATA_RANGE in allowed and draw(st.booleans()):
        low, high = (draw(numbers(allowed.limit(F.DATA_RANGE), low=0, high=1e5)) for _ in range(2))
        data_range = (min(low, high), max(low, high))
    name = draw(texts(allowed.limit(F.IMAGE_NAME))) if F.IMAGE_NAME in allowed else "image"
    inverted = F.INVERTED in allowed and draw(st.booleans())
    return Image(ArrayPixels(_intensities(draw(st.integers(0, 2**32 - 1)), shape, dtype)), "".join(axes), name, names, data_range, inverted)


def _intensities(seed: int, shape: list[int], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Noise over the whole range of the number type; floats also hold NaN and infinities."""
    random = np.random.default_rng(seed)
    if dtype.kind in "fc":
        values = (random.standard_normal(shape) * 1000).astype(dtype)
        values[random.random(shape) < 0.05] = np.nan
        values[random.random(shape) < 0.02] = np.inf
        return values
    count = int(np.prod(shape)) * dtype.itemsize
    return (random.random(shape) < 0.5) if dtype.kind == "b" else np.frombuffer(random.bytes(count), dtype).reshape(shape)


def label_image(draw: st.DrawFn, allowed: Allowed, sizes: Frame, name: str, dtype: np.dtype[Any], segments: list[Segment]) -> LabelImage:
    """A label image on the frame with the given segments."""
    axes = [axis for axis in "tzyx" if axis in sizes.sizes]
    array = np.zeros([sizes.size(axis) for axis in "tzyx"], dtype)
    for segment in segments:
        mask = _MASKS[segment.outer].copy()
        mask[1, 1] &= not segment.hole
        x, y = segment.corner
        times = slice(None) if segment.t is None else slice(segment.t, segment.t + 1)
        array[times, segment.z :, y : y + 3, x : x + 3][..., mask] = segment.label
    array = array.reshape([sizes.size(axis) for axis in axes])
    order = draw(st.permutations(range(len(axes))))
    persists = not (F.LABEL_TIME in allowed and "t" in axes and draw(st.booleans()))
    return LabelImage(ArrayPixels(array.transpose(order)), "".join(axes[nth] for nth in order), name, persists)
