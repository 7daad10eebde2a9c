"""Lines that are given as vectors: a pixel is painted if its centre lies within half the width of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.render.areas import FEW, over, touching
from segue.render.drawn import Paths, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def paint_paths(canvas: Floats, window: Window, paths: Paths) -> None:
    """Paint lines on the tile that a window shows."""
    owner = np.repeat(np.arange(len(paths)), np.diff(paths.start))
    low, high = np.minimum(paths.pieces[:, :2], paths.pieces[:, 2:]), np.maximum(paths.pieces[:, :2], paths.pieces[:, 2:])
    near = touching(np.hstack([low, high]), window, float(paths.width.max()) if len(paths) else 0.0)
    if not len(near):
        return
    if len(near) <= FEW:
        _paint(canvas, window, paths, near, owner[near])
        return
    from segue.render.figures_kernel import paint_paths as compiled

    compiled(canvas, window, paths, near, owner[near])


def _paint(canvas: Floats, window: Window, paths: Paths, near: Ints, owner: Ints) -> None:
    y, x = np.mgrid[window.top : window.bottom, window.left : window.right] + 0.5
    for nth in np.unique(owner):
        inside = np.zeros(y.shape, np.bool_)
        for ax, ay, bx, by in paths.pieces[near[owner == nth]].tolist():
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            along = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0.0, 1.0) if length > 0 else np.zeros(y.shape)
            ox, oy = x - (ax + along * dx), y - (ay + along * dy)
            half = paths.width[nth] / 2
            inside |= ox * ox + oy * oy <= half * half
        over(canvas, inside, paths.line, int(nth))
