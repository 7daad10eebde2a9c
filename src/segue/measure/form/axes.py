"""Axes of the ellipse, or ellipsoid, of the same second moments, pixels being points: as scikit-image has them, with the sizes of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.plane import Plane

    Columns = dict[str, NDArray[np.generic]]


def of_axes(plane: Plane) -> Columns:
    """Axes of the segments of a plane."""
    height, width = plane.pixel
    yy, xx, xy = plane.segments.central.T * np.array([height * height, width * width, height * width])[:, None]
    middle, half = (yy + xx) / 2, np.sqrt(((yy - xx) / 2) ** 2 + xy * xy)
    large, small = middle + half, np.maximum(middle - half, 0)
    with np.errstate(invalid="ignore"):
        eccentricity = np.where(large > 0, np.sqrt(1 - small / large), 0)
    return {
        "axis_major": 4 * np.sqrt(large),
        "axis_minor": 4 * np.sqrt(small),
        "eccentricity": eccentricity,
        "orientation": np.where(yy == xx, np.where(xy > 0, np.pi / 4, -np.pi / 4), 0.5 * np.arctan2(2 * xy, yy - xx)),
    }


def axes_of_volumes(covariance: NDArray[np.float64]) -> Columns:
    """Axes of volumes from their (s, 3, 3) covariances of z, y, x."""
    small, middle, large = np.linalg.eigvalsh(covariance).T if len(covariance) else np.zeros((3, 0))
    squares = {"axis_major": large, "axis_middle": middle, "axis_minor": small}
    return {name: np.sqrt(20 * np.maximum(square, 0)) for name, square in squares.items()}
