"""The size, place and form of segments: columns by the names of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.errors import Malformed
from segue.geometry.outline import outline
from segue.measure.contours import contours
from segue.measure.ellipse import ellipses
from segue.measure.feret import feret
from segue.measure.hull import convex_hulls, hull_areas
from segue.measure.perimeter import traced_perimeters
from segue.measure.runs import label_runs
from segue.measure.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.survey import Segments

    Columns = dict[str, NDArray[np.generic]]


class Hulls(NamedTuple):
    """Convex hulls of segments."""

    corners: NDArray[np.float64]
    """(h, 2) x, y."""
    start: NDArray[np.int64]
    """(s + 1,)"""


def places(segments: Segments) -> Columns:
    """Label, area, centroid and bounding box; of volumes too."""
    z, y, x = segments.centroid.T
    front, top, left = segments.low.T
    depth, height, width = (segments.high - segments.low).T
    box = {"left": left, "top": top, "front": front, "width": width, "height": height, "depth": depth}
    return {"label": segments.label, "area": segments.area, "x": x, "y": y, "z": z} | box | {"extent": segments.area / (width * height * depth)}


def shapes(labels: NDArray[np.generic]) -> tuple[Columns, Hulls]:
    """Everything about the form of the segments of a plane.

    Parameters
    ----------
    labels : (y, x) integer or bool, any byte order
        0 is background.

    Returns
    -------
    columns
        One row per segment, ascending by label. Lengths are in pixels, places from the top-left corner of the image.
    hulls
        The convex hull of each.

    Raises
    ------
    Malformed
        Not two-dimensional, not of whole numbers, or with negative labels.
    """
    image = np.asarray(labels)
    if image.ndim != 2:
        raise Malformed(f"the form of segments is measured in one plane, not in {image.ndim} axes", expected="(y, x) integers")
    survey = Survey()
    survey.add(label_runs(image))
    segments = survey.segments()
    _, rings = outline(image)
    lines, holes = contours(rings)
    hulls = Hulls(*convex_hulls(lines.coords, np.repeat(lines.shape, np.diff(lines.start)), len(rings)))
    perimeter = np.bincount(lines.shape, traced_perimeters(lines), len(rings)).astype(np.float64)
    euler = {"euler": np.bincount(lines.shape, minlength=len(rings)) - holes}
    return places(segments) | _of_outlines(segments.area, perimeter, hulls) | _of_moments(segments) | euler, hulls


def _of_outlines(area: NDArray[np.int64], perimeter: NDArray[np.float64], hulls: Hulls) -> Columns:
    diameters = feret(*hulls)
    ends, convex = diameters.ends, hull_areas(*hulls)
    return {
        "perimeter": perimeter,
        "circularity": np.minimum(4 * np.pi * (area / perimeter**2), 1),
        "feret": diameters.largest,
        "feret_x": ends[:, 0, 0],
        "feret_y": ends[:, 0, 1],
        "feret_angle": diameters.angle,
        "min_feret": diameters.smallest,
        "convex_area": convex,
        "solidity": area / convex,
    }


def _of_moments(segments: Segments) -> Columns:
    major, minor, angle = ellipses(segments)
    yy, xx, xy = segments.central.T
    return {
        "major": major,
        "minor": minor,
        "angle": angle,
        "aspect_ratio": major / minor,
        "roundness": 4 * segments.area / (np.pi * major * major),
        "equivalent_diameter": np.sqrt(4 * segments.area / np.pi),
        "orientation": np.where(yy == xx, np.where(xy > 0, np.pi / 4, -np.pi / 4), 0.5 * np.arctan2(2 * xy, yy - xx)),
    }
