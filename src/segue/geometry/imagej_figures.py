"""Figures as ImageJ draws them: rounded rectangles, ellipses, rotated rectangles and splines as the vertices that its masks are made of.

Read in ImageJ 1.53t and 1.54 (public domain: ``EllipseRoi``, ``RotatedRectRoi``, ``PolygonRoi.fitSpline``, ``SplineFitter``), and compared with
its pixel counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.model.rings import Bools, Floats, Ints, Rings, concat

CORNERS = 72
"""Vertices of an ellipse."""
_HANDLE = 0.5522847498307933
"""How far the handles of a cubic that replaces a quarter of a circle reach, in radii."""
_FLATNESS = 0.01
"""Pixels by which the straight pieces of rounded corners may miss them."""
_FEWEST = 100
"""Vertices of a spline at least; long ones have one every two pixels."""
_MOST = 1 << 20
"""Vertices of a spline at most."""
_CONTINUED = 7
"""Points by which a closed spline goes on at both ends."""
_APART = np.float32(0.001)


def ellipses(ends: Floats, ratio: Floats) -> Floats:
    """(n, 72, 2) vertices of ellipses.

    Parameters
    ----------
    ends
        (n, 4): x, y of both ends of the major axis.
    ratio
        (n,) minor / major axis.
    """
    x1, y1, x2, y2 = ends.T[..., None]
    major = np.hypot(x2 - x1, y2 - y1) / 2
    turn = np.arange(CORNERS) * (2 * np.pi / CORNERS)
    along, across = np.cos(turn) * major, np.sin(turn) * major * ratio[:, None]
    angle, radius = np.arctan2(across, along) + np.arctan2(y2 - y1, x2 - x1), np.hypot(along, across)
    return _stored(np.stack([(x1 + x2) / 2 + np.cos(angle) * radius, (y1 + y2) / 2 + np.sin(angle) * radius], axis=-1))


def rotated_rectangles(ends: Floats, width: Floats) -> Floats:
    """(n, 4, 2) corners of rectangles given by the two ends of their middle line, (n, 4), and their width across it, (n,)."""
    start, end = ends[:, :2], ends[:, 2:]
    along = end - start
    with np.errstate(all="ignore"):
        angle = np.pi / 2 + np.nan_to_num(np.arctan(along[:, 0] / along[:, 1]))
    side = np.stack([np.sin(angle), np.cos(angle)], axis=1) * (width / 2)[:, None]
    return _stored(np.stack([start + side, end + side, end - side, start - side], axis=1))


def _stored(vertices: Floats) -> Floats:
    """As ImageJ keeps them: float32, relative to the whole pixel at the top left. A centre on an edge depends on it."""
    single = vertices.astype(np.float32)
    corner = np.floor(single.min(axis=1, keepdims=True))
    return np.asarray((single - corner).astype(np.float64) + corner)


def rounded_rectangles(boxes: Floats, arc: Floats) -> Rings:
    """Boxes (n, 4) of x, y, width, height whose corners are quarters of ellipses ``arc`` (n,) pixels wide and high, cut to fit the box."""
    reach = np.minimum(boxes[:, 2:], arc[:, None]) / 2
    found = []
    for row in range(len(boxes)):
        x, y, width, height = boxes[row]
        quarter = _quarter(reach[row, 0], reach[row, 1])
        right, below = x + width, y + height
        corners = [
            np.stack([x + quarter[:, 0], below - quarter[:, 1]], 1),
            np.stack([right - quarter[::-1, 0], below - quarter[::-1, 1]], 1),
            np.stack([right - quarter[:, 0], y + quarter[:, 1]], 1),
            np.stack([x + quarter[::-1, 0], y + quarter[::-1, 1]], 1),
        ]
        found.append(np.concatenate(corners))
    return Rings.simple(np.concatenate([np.empty((0, 2)), *found]), np.cumsum([0, *map(len, found)]))


def _quarter(width: float, height: float) -> Floats:
    """From the left-hand side (0, height) to the upper side (width, 0), flattened as java.awt.geom does."""
    near = 1 - _HANDLE
    todo = [(np.array([(0, height), (0, near * height), (near * width, 0), (width, 0)], np.float64), 0)]
    points = [todo[0][0][0]]
    while todo:
        curve, level = todo.pop()
        if level >= 10 or _bend(curve) < _FLATNESS:
            points.append(curve[3])
            continue
        a, b, c = (curve[:-1] + curve[1:]) / 2
        d, e = (a + b) / 2, (b + c) / 2
        middle = (d + e) / 2
        todo += [(np.array([middle, e, c, curve[3]]), level + 1), (np.array([curve[0], a, d, middle]), level + 1)]
    return np.array(points)


def _bend(curve: Floats) -> float:
    """How far the control points lie from the chord."""
    chord = curve[3] - curve[0]
    length = float(np.hypot(*chord)) or 1.0
    away = curve[1:3] - curve[0]
    return float(np.abs(away[:, 0] * chord[1] - away[:, 1] * chord[0]).max() / length)


def splines(points: Rings, closed: Bools, *, smoothed: Bools | None = None) -> Rings:
    """The curves through the points of each shape (ring 0 of it), as ImageJ evaluates them.

    Parameters
    ----------
    points
        n shapes.
    closed
        (n,) whether a curve returns to its first point.
    smoothed
        (n,) whether ImageJ takes the length of the line for a smoothed one (areas and lines drawn by hand): it decides how many vertices there are.
    """
    soft = np.zeros(len(points), np.bool_) if smoothed is None else smoothed
    start = points.coord_start
    found = [_spline(points.coords[start[row] : start[row + 1]], bool(closed[row]), bool(soft[row])) for row in range(len(points))]
    return concat([Rings.simple(curve, [0, len(curve)]) for curve in found])


def _spline(points: Floats, closed: bool, smoothed: bool) -> Floats:  # noqa: FBT001  (called with arrays' elements)
    if len(points) < 3:
        return points
    ring = np.concatenate([points, points[:1]]) if closed else points
    steps = np.hypot(*np.diff(ring, axis=0).T)
    length = _length(points, steps, closed, smoothed)
    count = min(max(int(length / 2), _FEWEST), _MOST) if np.isfinite(length) else _FEWEST
    at = np.concatenate([[0], np.cumsum(np.maximum(np.sqrt(steps.astype(np.float32)), _APART), dtype=np.float32)]).astype(np.float64)
    nodes, values = _continued(at, ring) if closed else (at, ring)
    where = np.arange(count) * (at[-1] / (count - 1))
    return _evaluated(nodes, values, _second(nodes, values), where)


def _length(points: Floats, steps: Floats, closed: bool, smoothed: bool) -> float:  # noqa: FBT001
    if not smoothed or len(points) < 4:
        return float(steps.sum())
    mean = np.concatenate([points[:1], (points[:-2] + points[1:-1] + points[2:]) / 3, points[-1:]])
    return float(np.hypot(*np.diff(mean, axis=0).T).sum()) + (float(steps[-1]) if closed else 0.0)


def _continued(at: Floats, ring: Floats) -> tuple[Floats, Floats]:
    """A closed curve, going on for some points at both ends."""
    more = min(_CONTINUED, len(at) - 1)
    before = slice(len(at) - more - 1, len(at) - 1)
    return (
        np.concatenate([at[before] - at[-1], at, at[1 : more + 1] + at[-1]]),
        np.concatenate([ring[before], ring, ring[1 : more + 1]]),
    )


def _second(x: Floats, y: Floats) -> Floats:
    """Second derivatives of the natural cubic spline at its nodes: (n, 2)."""
    second, u = np.zeros_like(y), np.zeros_like(y)
    slope = np.diff(y, axis=0) / np.diff(x)[:, None]
    for i in range(1, len(x) - 1):
        share = (x[i] - x[i - 1]) / (x[i + 1] - x[i - 1])
        pivot = share * second[i - 1] + 2.0
        second[i] = (share - 1.0) / pivot
        u[i] = (6.0 * (slope[i] - slope[i - 1]) / (x[i + 1] - x[i - 1]) - share * u[i - 1]) / pivot
    second[-1] = 0.0
    for k in range(len(x) - 2, -1, -1):
        second[k] = second[k] * second[k + 1] + u[k]
    return second


def _evaluated(x: Floats, y: Floats, second: Floats, where: NDArray[np.float64]) -> Floats:
    low: Ints = np.clip(np.searchsorted(x, where, side="right") - 1, 0, len(x) - 2)
    h = (x[low + 1] - x[low])[:, None]
    a = (x[low + 1] - where)[:, None] / h
    b = (where - x[low])[:, None] / h
    return np.asarray(a * y[low] + b * y[low + 1] + ((a**3 - a) * second[low] + (b**3 - b) * second[low + 1]) * h**2 / 6)
