"""Figures that are given by a few points as polygons: boxes, ovals, ellipses, rotated rectangles, and masks of row runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.model.rings import Rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CORNERS = 64
"""Of the polygon that an oval becomes; a multiple of 4, so that it touches its box."""


def equal_rings(corners: Floats) -> Rings:
    """Shapes of one ring each from (shapes, corners, 2)."""
    count, size, _ = corners.shape
    return Rings.simple(corners.reshape(-1, 2), np.arange(count + 1, dtype=np.int64) * size)


def rectangles(boxes: Rings) -> Rings:
    """The four corners of boxes of two vertices, from the top left, clockwise on the screen."""
    a, b = boxes.coords[0::2], boxes.coords[1::2]
    return equal_rings(np.stack([a, np.stack([b[:, 0], a[:, 1]], 1), b, np.stack([a[:, 0], b[:, 1]], 1)], axis=1))


def ovals(boxes: Rings) -> Rings:
    """Polygons that touch the four sides of boxes of two vertices."""
    a, b = boxes.coords[0::2, None], boxes.coords[1::2, None]
    corners = (a + b) / 2 + _unit_circle()[None] * (b - a) / 2
    for corner, axis, side in ((0, 0, b), (CORNERS // 4, 1, b), (CORNERS // 2, 0, a), (3 * CORNERS // 4, 1, a)):
        corners[:, corner, axis] = side[:, 0, axis]
    return equal_rings(corners)


def ellipses(axes: Rings, ratio: Floats) -> Rings:
    """Polygons of ellipses given by the two ends of their major axis and minor / major (shapes,)."""
    a, b = axes.coords[0::2, None], axes.coords[1::2, None]
    turn = _unit_circle()[None]
    major = (b - a) / 2
    minor = np.stack([-major[..., 1], major[..., 0]], axis=-1) * ratio[:, None, None]
    return equal_rings((a + b) / 2 + turn[..., :1] * major + turn[..., 1:] * minor)


def oval_axes(boxes: Rings) -> tuple[Rings, Floats]:
    """Boxes of ovals as ellipses: the two ends of the major axis, and minor / major (shapes,)."""
    a, b = boxes.coords[0::2], boxes.coords[1::2]
    middle, half = (a + b) / 2, np.abs(b - a) / 2
    wide = half[:, 0] >= half[:, 1]
    along = np.where(wide[:, None], half * [1.0, 0.0], half * [0.0, 1.0])
    longest = half.max(axis=1)
    ratio = np.divide(half.min(axis=1), longest, out=np.ones(len(half)), where=longest > 0)
    return equal_rings(np.stack([middle - along, middle + along], axis=1)), ratio


def rotated_rectangles(axes: Rings, width: Floats) -> Rings:
    """Corners of rectangles given by the two ends of their middle line and their width (shapes,)."""
    a, b = axes.coords[0::2], axes.coords[1::2]
    along = b - a
    length = np.hypot(along[:, 0], along[:, 1])
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * (width / 2 / np.where(length > 0, length, 1))[:, None]
    return equal_rings(np.stack([a - side, b - side, b + side, a + side], axis=1))


def mask_outlines(masks: Rings) -> Rings:
    """The outlines of the pixels of masks: ring 0 is the box, ring 1 the starts and ends of row runs."""
    from segue.geometry.shapely_rings import from_shapely

    flat = from_shapely([_united(masks, shape) for shape in range(len(masks))])
    return Rings(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)


def _united(masks: Rings, shape: int) -> Any:
    import shapely

    ring = masks.part_start[masks.shape_start[shape]] + 1
    runs = masks.coords[masks.ring_start[ring] : masks.ring_start[ring + 1]] if ring < masks.part_start[masks.shape_start[shape + 1]] else np.empty((0, 2))
    first, last = runs[0::2], runs[1::2]
    return shapely.union_all(shapely.box(first[:, 0], first[:, 1], last[:, 0], first[:, 1] + 1))


def _unit_circle() -> Floats:
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)
