"""Small shapes cut out of an image and laid side by side, each with the pixels around it: they can overlap in the image, and not here.

So thousands of small shapes on a large image are measured in one look at the places where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rasterize import rasterize
from segue.measure.measuring import Channel, Measured
from segue.model.image import ArrayPixels, Image, LabelImage, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

    Ints = NDArray[np.int64]

SMALL = 1 << 18
"""Pixels of the box around a shape that is laid beside others."""
STRIP = 1 << 21
"""Pixels of a strip, at most."""
BAND = 1 << 24
"""Pixels of the rows of the image that a strip is cut out of, at most, unless one shape needs more."""

ACROSS = ("x", "left", "right", "weighted_x", "feret_x", "outline_x")
DOWN = ("y", "top", "bottom", "weighted_y", "feret_y", "outline_y")
IN_PIXELS = ("feret_x", "feret_y")


@dataclass(frozen=True, eq=False)
class Strip:
    """Shapes side by side."""

    rows: Ints
    """(k,) Which shapes, in the order in which they lie, from left to right."""
    box: Ints
    """(k, 4) Left, top, right and bottom of the box of each in the image."""

    @property
    def begin(self) -> Ints:
        """(k,) The column at which the box of each begins."""
        width = self.box[:, 2] - self.box[:, 0]
        begin: Ints = np.cumsum(width) - width
        return begin

    def labels(self, rings: Rings) -> LabelImage:
        """The shapes painted; labels are 1 + their row."""
        moved = rings.take(self.rows)
        by = np.stack([self.begin - self.box[:, 0], -self.box[:, 1]], axis=1)
        moved = moved.with_coords(moved.coords + np.repeat(by, np.diff(moved.coord_start), axis=0))
        width, height = int((self.box[:, 2] - self.box[:, 0]).sum()), int((self.box[:, 3] - self.box[:, 1]).max())
        painted = np.zeros((height, width), np.uint32)
        rasterize(moved, (self.rows + 1).astype(np.uint32), (height, width), out=painted)
        return LabelImage(ArrayPixels(painted), "yx")

    def channels(self, channels: Sequence[Channel]) -> list[Channel]:
        """The pixels under the boxes; below a box that is lower than others any."""
        return [Channel(Image(ArrayPixels(self._cut(channel)), "yx")) for channel in channels]

    def _cut(self, channel: Channel) -> NDArray[np.generic]:
        image, top, bottom = channel.image, int(self.box[:, 1].min()), int(self.box[:, 3].max())
        at = {name: slice(0, 1) for name in "tz"} | {"c": slice(channel.index, channel.index + 1), "y": slice(top, bottom)}
        at["x"] = slice(0, size_of(image.pixels, image.axes, "x"))
        band = image.pixels.read(tuple(at[name] for name in image.axes))
        plane = band.reshape([size for name, size in zip(image.axes, band.shape, strict=True) if name in "yx"])
        plane = plane if image.axes.index("y") < image.axes.index("x") else plane.T
        width, height = self.box[:, 2] - self.box[:, 0], int((self.box[:, 3] - self.box[:, 1]).max())
        columns = np.arange(int(width.sum())) + np.repeat(self.box[:, 0] - self.begin, width)
        rows = np.arange(height)[:, None] + np.repeat(self.box[:, 1] - top, width)[None]
        cut: NDArray[np.generic] = plane[np.minimum(rows, len(plane) - 1), columns[None]]
        return cut

    def back(self, found: Measured, pixel: tuple[float, float, float] | None) -> Measured:
        """What was found, with places counted from the corner of the image."""
        order = np.argsort(self.rows)
        at = order[np.searchsorted(self.rows[order], found.label.astype(np.int64) - 1)]
        depth_height_width = pixel or (1.0, 1.0, 1.0)
        columns = dict(found.columns)
        for names, by, size in ((ACROSS, self.box[:, 0] - self.begin, depth_height_width[2]), (DOWN, self.box[:, 1], depth_height_width[1])):
            for key in columns:
                if key[0] in names:
                    moved = by[at] if pixel is None or key[0] in IN_PIXELS else by[at] * size
                    columns[key] = columns[key] + moved
        return Measured(found.label, found.t, columns)


def boxes(rings: Rings, size: tuple[int, int]) -> tuple[Ints, NDArray[np.bool_]]:
    """The pixels that each shape can have in an image, and who is small.

    Returns
    -------
    box : (s, 4) int64
        Left, top, right and bottom; nothing, or less, where a shape has none.
    small : (s,) bool
        Whether it lies within the image and is worth to be laid beside others.
    """
    bounds = np.nan_to_num(rings.bounds(), nan=0.0)
    whole = np.concatenate([np.floor(bounds[:, :2]), np.ceil(bounds[:, 2:])], axis=1)
    limits = np.array([size[1], size[0]] * 2)
    box = np.clip(whole, 0, limits).astype(np.int64)
    area = np.maximum(box[:, 2:] - box[:, :2], 0).prod(axis=1)
    return box, (box == whole).all(axis=1) & (area > 0) & (area <= SMALL)


def strips(box: Ints, rows: Ints, width: int) -> Iterator[Strip]:
    """Shapes that are about equally high, and near each other from top to bottom, in strips.

    Parameters
    ----------
    box : (s, 4)
        Of all shapes.
    rows
        Those to lay out; none is empty.
    width
        Of the image.
    """
    wide, high = (box[:, 2] - box[:, 0])[rows], (box[:, 3] - box[:, 1])[rows]
    tall = np.ceil(np.log2(high)).astype(np.int64)
    order = np.lexsort((rows, box[rows, 1], tall))
    begin, columns, top = 0, 0, 0
    for place, (row, columns_of, level) in enumerate(zip(rows[order].tolist(), wide[order].tolist(), tall[order].tolist(), strict=True)):
        fits = (columns + columns_of) << level <= STRIP and (box[row, 1] + (1 << level) - top) * width <= BAND
        if place == begin:
            columns, top = columns_of, int(box[row, 1])
        elif fits and level == tall[order[begin]]:
            columns += columns_of
        else:
            yield Strip(rows[order[begin:place]], box[rows[order[begin:place]]])
            begin, columns, top = place, columns_of, int(box[row, 1])
    if begin < len(order):
        yield Strip(rows[order[begin:]], box[rows[order[begin:]]])
