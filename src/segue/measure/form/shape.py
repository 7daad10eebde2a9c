"""The size, place and form of segments of a plane as ImageJ has them: columns by the names of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.form.ellipse import ellipses
from segue.measure.form.feret import feret
from segue.measure.form.hull import hull_areas
from segue.measure.form.perimeter import traced_perimeters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.plane import Plane
    from segue.measure.survey import Segments

    Columns = dict[str, NDArray[np.generic]]


def places(segments: Segments) -> Columns:
    """Label, area, centroid and bounding box, in pixels; of volumes too."""
    z, y, x = segments.centroid.T
    front, top, left = segments.low.T
    back, bottom, right = segments.high.T
    depth, height, width = (segments.high - segments.low).T
    box = {"left": left, "top": top, "front": front, "right": right, "bottom": bottom, "back": back, "width": width, "height": height, "depth": depth}
    full = width * height * depth
    return {"label": segments.label, "area": segments.area, "x": x, "y": y, "z": z} | box | {"box_area": full, "extent": segments.area / full}


def of_contours(plane: Plane) -> Columns:
    """Perimeter, circularity and Euler number."""
    lines, holes = plane.contours
    perimeter = np.bincount(lines.shape, traced_perimeters(lines, plane.pixel), len(holes)).astype(np.float64)
    circularity = np.minimum(4 * np.pi * (plane.area / perimeter**2), 1)
    return {"perimeter": perimeter, "circularity": circularity, "euler": np.bincount(lines.shape, minlength=len(holes)) - holes}


def of_hulls(plane: Plane) -> Columns:
    """Feret's diameters, convex area and solidity."""
    diameters = feret(*plane.hulls, plane.pixel)
    convex = hull_areas(*plane.hulls)
    return {
        "feret": diameters.largest,
        "feret_x": diameters.ends[:, 0, 0],
        "feret_y": diameters.ends[:, 0, 1],
        "feret_angle": diameters.angle,
        "min_feret": diameters.smallest,
        "convex_area": convex * plane.pixel[0] * plane.pixel[1],
        "solidity": plane.segments.area / convex,
    }


def of_ellipses(plane: Plane) -> Columns:
    """The ellipse of the same area and second moments."""
    major, minor, angle = ellipses(plane.segments, plane.pixel)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: Columns = {"aspect_ratio": major / minor, "roundness": 4 * plane.area / (np.pi * major * major)}
    axes: Columns = {"major": major, "minor": minor, "angle": angle}
    return axes | ratios
