"""Measuring shapes without a label image: each on its own pixels, whatever other shapes cover them too.

Small shapes are cut out and laid side by side (``strips``). Large ones are painted as label images on which no two overlap, as many as it takes, where
and when these are read, so that an image may be larger than memory. Both are measured like any other label image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import Incompatible
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings
from segue.measure.measuring import Measured, Wanted, measure
from segue.measure.nearest import nearest
from segue.measure.strips import boxes, strips
from segue.measure.surroundings import SURROUNDINGS
from segue.model.image import LabelImage, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.geometry.rings import Flat
    from segue.measure.measuring import Channel
    from segue.model.image import Region
    from segue.tasks.workers import Workers

    Ints = NDArray[np.int64]

TILE = 4096
"""Rows and columns that are painted at a time while looking for overlaps."""


@dataclass(frozen=True, eq=False)
class RingPixels:
    """A label image (y, x) whose segments are shapes that do not overlap."""

    rings: Rings
    labels: NDArray[np.uint32]
    """(shapes,)"""
    shape: tuple[int, ...]
    """Rows, columns."""

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint32)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        return self.rings.bounds()

    def read(self, region: Region) -> NDArray[np.generic]:
        """The labels of a region."""
        (top, bottom), (left, right) = ((int(part.start), int(part.stop)) for part in region)
        low, high = self.bounds[:, :2], self.bounds[:, 2:]
        rows = np.flatnonzero((low < (right, bottom)).all(axis=1) & (high > (left, top)).all(axis=1))
        return rasterize(self.rings.take(rows).translated(-left, -top), self.labels[rows], (bottom - top, right - left), dtype=np.uint32)[0]


def measure_rois(
    rings: Flat,
    channels: Sequence[Channel],
    wanted: Wanted,
    size: tuple[int, int] | None = None,
    workers: Workers | None = None,
    pixel: tuple[float, float, float] | None = None,
) -> Measured:
    """Measure shapes on one plane.

    Parameters
    ----------
    rings : Rings
        s areas; a pixel is inside where its centre is (``geometry.rasterize``). They may overlap, and reach beyond the image.
    channels
        Of images of one plane.
    wanted
        What is to be measured. Forms are those of a shape's pixels.
    size
        Height and width of the plane; not needed where there are channels.
    workers, pixel
        As for ``measure``.

    Returns
    -------
    Measured
        Labels are 1 + the row of the shape, ascending; a shape without a pixel in the image is not among them. Neighbours are those of segments,
        which share no pixels, and are not counted.

    Raises
    ------
    Incompatible
        Neither channels nor a size are given.
    """
    if size is None:
        if not channels:
            raise Incompatible("shapes are measured on an image, or on a plane of a stated size; give one of these")
        height, width = (size_of(channels[0].image.pixels, channels[0].image.axes, name) for name in "yx")
        size = height, width
    flat, of_each = Rings.of(rings), Wanted((*(name for name in wanted.measurements if name not in SURROUNDINGS), "x", "y"), wanted.percentiles)
    box, small = boxes(flat, size)
    found = [
        strip.back(measure(strip.labels(flat), strip.channels(channels), of_each, workers, pixel), pixel)
        for strip in strips(box, np.flatnonzero(small), size[1])
    ]
    large = np.flatnonzero(~small & (box[:, 2:] > box[:, :2]).all(axis=1))
    pictures = [RingPixels(flat.take(rows), (rows + 1).astype(np.uint32), size) for rows in apart(flat, large, size)]
    found += [measure(LabelImage(picture, "yx"), channels, of_each, workers, pixel) for picture in pictures]
    if not found:
        found = [measure(LabelImage(RingPixels(Rings.empty(), np.zeros(0, np.uint32), size), "yx"), channels, of_each, workers, pixel)]
    return _as_wanted(_joined(found), wanted)


def _as_wanted(found: Measured, wanted: Wanted) -> Measured:
    """With the distance to the nearest shape where it is wanted, and without places that are not."""
    columns = dict(found.columns)
    if "nearest_distance" in wanted.measurements:
        centres = np.stack([columns["x", None], columns["y", None]], axis=1).astype(np.float64)
        columns["nearest_distance", None] = nearest(centres)[1]
    order = {name: place for place, name in enumerate(wanted.measurements)}
    kept = sorted((key for key in columns if key[0] in order or key[1] is not None), key=lambda key: order.get(key[0], len(order)))
    return Measured(found.label, found.t, {key: columns[key] for key in kept})


def apart(rings: Rings, rows: Ints, size: tuple[int, int]) -> list[Ints]:
    """``rows`` of shapes in groups of which no two shapes share a pixel; as many groups as shapes lie on top of each other, or a few more."""
    left, groups = rows, []
    while len(left):
        free = _lost(rings.take(left), size) == 0
        groups.append(left[free])
        left = left[~free]
    return groups


def _lost(rings: Rings, size: tuple[int, int]) -> Ints:
    """(s,) How many pixels each shape shares with those behind it."""
    bounds, lost = rings.bounds(), np.zeros(len(rings), np.int64)
    for top in range(0, size[0], TILE):
        for left in range(0, size[1], TILE):
            high, wide = min(TILE, size[0] - top), min(TILE, size[1] - left)
            rows = np.flatnonzero((bounds[:, :2] < (left + wide, top + high)).all(axis=1) & (bounds[:, 2:] > (left, top)).all(axis=1))
            if len(rows) > 1:
                lost[rows] += rasterize(rings.take(rows).translated(-left, -top), np.arange(1, len(rows) + 1), (high, wide), dtype=np.uint32)[1]
    return lost


def _joined(found: Sequence[Measured]) -> Measured:
    label = np.concatenate([one.label for one in found])
    order = np.argsort(label, kind="stable")
    columns = {key: np.concatenate([one.columns[key] for one in found])[order] for key in found[0].columns}
    return Measured(label[order], np.zeros(len(label), np.int32), columns)
