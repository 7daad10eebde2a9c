"""Rectangles and ellipses given by four corners, as programs keep them that let one turn and stretch a box (napari)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

FINEST = 2.0**-16
"""Pixels to which the ends of turned figures are rounded, and parts to which the ratio of their axes is: computing there and back gives the same."""
_SKEW = 1e-3
"""Part of a side by which corners may be off; napari keeps float32."""


@dataclass(frozen=True)
class Turned:
    """What four corners are."""

    upright: Bools
    """(n,) Whether the sides run along x and y."""
    box: Floats
    """(n, 2, 2): top-left and bottom-right corner; of upright ones."""
    ends: Floats
    """(n, 2, 2): the two ends of the middle line (rectangles) or of the major axis (ellipses)."""
    size: Floats
    """(n,): the width (rectangles), or minor axis / major axis (ellipses)."""
    skewed: Bools
    """(n,) Whether the corners are not square."""


def box_corners(box: Floats) -> Floats:
    """(n, 4, 2) corners of upright boxes (n, 2, 2), from the first one around."""
    a, b = box[:, 0], box[:, 1]
    return np.stack([a, np.stack([b[:, 0], a[:, 1]], 1), b, np.stack([a[:, 0], b[:, 1]], 1)], axis=1)


def rectangle_corners(ends: Floats, width: Floats) -> Floats:
    """(n, 4, 2) corners of rectangles given by the ends of their middle line (n, 2, 2) and their width (n,)."""
    along = ends[:, 1] - ends[:, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    side = _turned(along) * (width / 2 / np.where(length > 0, length, 1))[:, None]
    return np.stack([ends[:, 0] - side, ends[:, 1] - side, ends[:, 1] + side, ends[:, 0] + side], axis=1)


def ellipse_corners(ends: Floats, ratio: Floats) -> Floats:
    """(n, 4, 2) corners of the boxes around ellipses given by the ends of their major axis (n, 2, 2) and minor axis / major axis (n,)."""
    side = _turned(ends[:, 1] - ends[:, 0]) / 2 * ratio[:, None]
    return np.stack([ends[:, 0] - side, ends[:, 1] - side, ends[:, 1] + side, ends[:, 0] + side], axis=1)


def rectangles(corners: Floats) -> Turned:
    """What (n, 4, 2) corners are as rectangles."""
    ends = np.stack([(corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2], axis=1)
    width = _lengths(corners[:, 3] - corners[:, 0])
    return Turned(_upright(corners), _box(corners), _rounded(ends), _rounded(width), _skewed(corners))


def ellipses(corners: Floats) -> Turned:
    """What (n, 4, 2) corners are as ellipses; a skewed box holds an ellipse, too, and one with equal axes is upright in whatever box."""
    middle, along, across = corners.mean(axis=1), (corners[:, 1] - corners[:, 0]) / 2, (corners[:, 3] - corners[:, 0]) / 2
    skewed = _skewed(corners)
    if skewed.any():
        turn, stretch, _ = np.linalg.svd(np.stack([along[skewed], across[skewed]], axis=-1))
        along[skewed], across[skewed] = turn[..., 0] * stretch[:, :1], turn[..., 1] * stretch[:, 1:]
    swapped = _lengths(across) > _lengths(along)
    long, short = np.where(swapped[:, None], across, along), np.where(swapped[:, None], along, across)
    long = np.where(((long[:, 0] < 0) | ((long[:, 0] == 0) & (long[:, 1] < 0)))[:, None], -long, long)
    half = _lengths(long)
    ratio = _rounded(np.divide(_lengths(short), half, out=np.ones(len(half)), where=half > 0))
    upright, box = _upright(corners), _box(corners)
    round_ = ~upright & (ratio == 1)
    box[round_] = _rounded(np.stack([middle - half[:, None], middle + half[:, None]], axis=1)[round_])
    return Turned(upright | round_, box, _rounded(np.stack([middle - long, middle + long], axis=1)), ratio, skewed)


def _upright(corners: Floats) -> Bools:
    """Whether each side runs along x or along y."""
    level = corners == np.roll(corners, -1, axis=1)
    found: Bools = (level[:, 0::2, 1].all(axis=1) & level[:, 1::2, 0].all(axis=1)) | (level[:, 0::2, 0].all(axis=1) & level[:, 1::2, 1].all(axis=1))
    return found


def _box(corners: Floats) -> Floats:
    return np.stack([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _skewed(corners: Floats) -> Bools:
    """Whether neighbouring sides are not square, or opposite ones not equal."""
    along, across = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    size = _lengths(along) * _lengths(across)
    reach = _SKEW * (_lengths(along) + _lengths(across)) + FINEST
    found: Bools = (np.abs((along * across).sum(axis=1)) > _SKEW * size + FINEST) | (
        _lengths(corners[:, 0] + corners[:, 2] - corners[:, 1] - corners[:, 3]) > reach
    )
    return found


def _turned(vectors: Floats) -> Floats:
    return np.stack([-vectors[:, 1], vectors[:, 0]], axis=1)


def _lengths(vectors: Floats) -> Floats:
    found: Floats = np.hypot(vectors[:, 0], vectors[:, 1])
    return found


def _rounded(values: Floats) -> Floats:
    found: Floats = np.rint(values / FINEST) * FINEST
    return found
