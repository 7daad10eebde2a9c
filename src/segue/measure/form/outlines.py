"""What NimbusImage computes of the polygon of a blob, of the outer outlines of segments along pixel edges: holes are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following, sum_runs
from segue.measure.form.rectangles import least_rectangles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.plane import Plane

    Columns = dict[str, NDArray[np.generic]]
    Floats = NDArray[np.float64]


def of_outlines(plane: Plane) -> Columns:
    """Area, length, centroid and form of the outlines. Of several parts areas and lengths add up."""
    lines, holes = plane.contours
    xy, start, count = lines.coords * plane.pixel[::-1], lines.start, len(holes)
    hull, hull_start = plane.hulls.corners * plane.pixel[::-1], plane.hulls.start
    after = xy[following(start)]
    cross = xy[:, 0] * after[:, 1] - after[:, 0] * xy[:, 1]
    owner = np.repeat(lines.shape, np.diff(start))
    area = np.bincount(owner, cross, count) / 2
    length = np.bincount(owner, np.hypot(*(after - xy).T), count)
    centre = np.stack([np.bincount(owner, cross * (xy + after)[:, axis], count) for axis in (0, 1)], axis=1) / (6 * area[:, None])
    hull_after = hull[following(hull_start)]
    hull_area = np.abs(sum_runs(hull[:, 0] * hull_after[:, 1] - hull_after[:, 0] * hull[:, 1], hull_start)) / 2
    longer, shorter = least_rectangles(hull, hull_start)
    return {
        "outline_area": area,
        "outline_length": length,
        "outline_x": centre[:, 0],
        "outline_y": centre[:, 1],
        "elongation": 1 - shorter / longer,
        "convexity": area / hull_area,
        "outline_solidity": length / sum_runs(np.hypot(*(hull_after - hull).T), hull_start),
        "rectangularity": area / (longer * shorter),
        "outline_circularity": 4 * np.pi * area / length**2,
        "outline_eccentricity": _eccentricity(plane, xy, centre),
    }


def _eccentricity(plane: Plane, xy: Floats, centre: Floats) -> Floats:
    """Of the corners of the outline about its centre; as there, the corner at which an outline begins counts twice."""
    lines, holes = plane.contours
    rows = np.concatenate([np.arange(len(xy)), lines.start[:-1]])
    owner = np.concatenate([np.repeat(lines.shape, np.diff(lines.start)), lines.shape])
    x, y = (xy[rows] - centre[owner]).T
    xx, yy, xy_ = (np.bincount(owner, product, len(holes)) for product in (x * x, y * y, x * y))
    middle, half = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy_**2)
    found: Floats = np.sqrt(1 - (middle - half) / (middle + half))
    return found
