"""Labelme's types of shapes and the model's kinds: which points stand for which vertices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.geometry import figures
from segue.model.rings import Rings

Floats = npt.NDArray[np.float64]
KINDS = {
    "polygon": "polygon",
    "rectangle": "rectangle",
    "circle": "oval",
    "oriented_rectangle": "rotated rectangle",
    "line": "line",
    "linestrip": "polyline",
    "point": "point",
    "points": "multipoint",
    "mask": "traced",
}
"""Type of Labelme -> kind; the order is that in which kinds are read."""
TYPES = {kind: name for name, kind in KINDS.items() if name != "mask"} | {"freehand": "polygon", "traced": "polygon"}
NEEDED = {"rectangle": (2, 4), "circle": (2, 2), "oriented_rectangle": (4, 4), "line": (2, 2), "linestrip": (2, 2**40), "point": (1, 1)}
"""Least and most points of a type; of others at least one."""
CLOSE = 1e-6
"""Relative difference up to which points are those that exact vertices were written as."""


def exact(kind: str, given: list[tuple[float, float]] | None, points: Floats) -> Floats | None:
    """Exact vertices, and the width behind them, if the points are still those that were written for them."""
    if given is None or len(given) != (3 if kind == "oriented_rectangle" else 2):
        return None
    vertices = np.array(given, np.float64)
    written = points_of(kind, vertices)
    near = written.shape == points.shape and bool(np.isclose(written, points, rtol=CLOSE, atol=CLOSE).all())
    return vertices if near else None


def vertices_of(kind: str, points: Floats) -> Floats:
    """The box of a circle (centre, point on the edge); middle line and (width, 0) of an oriented rectangle (four corners)."""
    if kind == "circle":
        radius = float(np.hypot(*(points[1] - points[0])))
        return np.stack([points[0] - radius, points[0] + radius])
    one, other = (points[0] + points[3]) / 2, (points[1] + points[2]) / 2
    return np.stack([one, other, [np.hypot(*(points[3] - points[0])), 0.0]])


def points_of(kind: str, vertices: Floats) -> Floats:
    """What Labelme stores for vertices as `vertices_of` gives them."""
    if kind == "circle":
        centre = vertices.mean(axis=0)
        return np.stack([centre, centre + np.array([(vertices[1, 0] - vertices[0, 0]) / 2, 0.0])])
    found: Floats = figures.rotated_rectangles(Rings.simple(vertices[:2], [0, 2]), vertices[2, :1]).coords
    return found
