"""The ellipse of the same area and second moments: ImageJ's ``EllipseFitter`` (after B. Wayne, NIH Image)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.survey import Segments

    Floats = NDArray[np.float64]

PIXEL = 0.08333333
"""Second moment of a pixel about its centre; ImageJ writes 1/12 like this."""
LEAST = 0.000001
"""What ImageJ puts where it would divide by 0."""
SQRT_PI = 1.772453851


class Ellipses(NamedTuple):
    """Lengths are whole axes."""

    major: Floats
    minor: Floats
    angle: Floats
    """Degrees of the major axis from the x axis, counter-clockwise on the screen, from 0 to below 180."""


ALIKE = 0.01
"""Pixels whose sides differ by less than this part are square for ImageJ."""


def pixel_side(height: float, width: float) -> float:
    """What ImageJ multiplies the axes of ellipses with: the width of a pixel that is square, else 0."""
    return width if abs(width - height) / width < ALIKE else 0.0


def ellipses(segments: Segments, pixel: tuple[float, float] = (1, 1)) -> Ellipses:
    """The ellipses of segments in one plane.

    ImageJ makes no mask of a segment that is one pixel wide or high and fits the ellipse to its box; so here. It fits ellipses in pixels
    whatever the height and width of a ``pixel``, and gives axes of 0 where a pixel is not square; so here too.
    """
    size = (segments.high - segments.low)[:, 1:].astype(np.float64)
    fitted = _fitted(segments.central, segments.area)
    line = size.min(axis=1) == 1 if len(size) else np.zeros(0, bool)
    upright = size[:, 0] > size[:, 1]
    boxed = size.max(axis=1, initial=0) * 2 / SQRT_PI, size.min(axis=1, initial=np.inf) * 2 / SQRT_PI, np.where(upright, 90.0, 0.0)
    major, minor, angle = (np.where(line, box, fit) for box, fit in zip(boxed, fitted, strict=True))
    side = pixel_side(*pixel)
    return Ellipses(major * side, minor * side, angle)


def _fitted(central: Floats, area: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Major and minor axis and angle, step by step as ImageJ computes them."""
    yy, xx, xy = central[:, 0] + PIXEL, central[:, 1] + PIXEL, central[:, 2]
    scale = np.maximum(4 * np.abs(yy * xx - xy * xy), LEAST)
    a, b, c = yy / scale, xy / scale, xx / scale
    theta = 0.5 * np.arctan(2 * b / np.where(a == c, LEAST, a - c))
    theta = np.where(theta < 0, theta + np.pi / 2, theta)
    theta = np.where(b > 0, theta + np.pi / 2, theta)
    level = (b == 0) & (c > a)
    theta = np.where(level, 0.0, np.where((b == 0) & (c != a), np.pi / 2, theta))
    a, c = np.where(level, c, a), np.where(level, a, c)
    sine = np.sin(theta)
    z = b * np.cos(theta) / np.where(sine == 0, LEAST, sine)
    one, other = np.sqrt(1 / np.abs(c + z)), np.sqrt(1 / np.abs(a - z))
    equal = 2 * np.sqrt(area / (np.pi * one * other))
    angle = np.degrees(theta)
    return np.maximum(one, other) * equal, np.minimum(one, other) * equal, np.where(angle == 180, 0.0, angle)
