"""Areas that are given as vectors: filled, and outlined on the pixels inside their borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.rings import Rings
from segue.geometry.spans import spans
from segue.render.drawn import Areas, Window
from segue.render.paint import Coats, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FEW = 64
"""Areas of a tile that plain numpy paints one by one."""


def touching(bounds: Floats, window: Window, reach: float) -> Ints:
    """Rows of the boxes (left, top, right, bottom) that come within ``reach`` of a window."""
    near = (bounds[:, 2] + reach >= window.left) & (bounds[:, 0] - reach <= window.right)
    return np.flatnonzero(near & (bounds[:, 3] + reach >= window.top) & (bounds[:, 1] - reach <= window.bottom))


def paint_areas(canvas: Floats, window: Window, areas: Areas) -> None:
    """Paint areas on the tile that a window shows; those outside it are passed over.

    A pixel belongs to an area if its centre is inside (the rule of ``rasterize``); it is on the outline if a pixel that is not farther away than
    the area's ``width`` is not inside. An area goes on beyond the edge of the image, and has no outline there.
    """
    if not len(areas):
        return
    halo = int(areas.width.max())
    wide = window.grown(halo)
    found = spans(Rings.of(areas.rings), (wide.top, wide.bottom), (wide.left, wide.right))
    shape = np.repeat(np.arange(len(areas)), np.diff(areas.rings.shape_start))[found.part]
    runs = np.stack([shape, found.row - wide.top, found.left - wide.left, found.right - wide.left], axis=1)
    start = np.searchsorted(runs[:, 0], np.arange(len(areas) + 1))
    if len(areas) <= FEW:
        _paint(canvas, runs, start, halo, areas)
        return
    from segue.render.figures_kernel import paint_areas as compiled

    different, which = np.unique(areas.width, return_inverse=True)
    compiled(canvas, runs, start, halo, areas, [steps(float(one)) for one in different], which.reshape(-1))


def _paint(canvas: Floats, runs: Ints, start: Ints, halo: int, areas: Areas) -> None:
    height, width = canvas.shape[:2]
    for nth in range(len(areas)):
        mask = np.zeros((height + 2 * halo, width + 2 * halo), np.bool_)
        for _, row, left, right in runs[start[nth] : start[nth + 1]].tolist():
            mask[row, left:right] = True
        inner = mask[halo : halo + height, halo : halo + width]
        edge = np.zeros(inner.shape, np.bool_)
        for row, column in steps(float(areas.width[nth])):
            edge |= ~mask[halo + row : halo + row + height, halo + column : halo + column + width]
        over(canvas, inner, areas.fill, nth)
        over(canvas, inner & edge, areas.line, nth)


def over(canvas: Floats, where: NDArray[Any], coats: Coats, nth: int) -> None:
    """Paint one coat on some pixels."""
    canvas[where] = canvas[where] * coats.keep[nth] + coats.add[nth]
