"""Rectangles and ellipses, which a transform may turn into other kinds."""

from __future__ import annotations

import numpy as np

from segue.formats.ome_files.elements import Elements, applied
from segue.formats.ome_files.grids import snapped, snapped_ratio
from segue.formats.ome_files.placed import Placed
from segue.model.rings import Bools, Floats, Rings
from segue.model.shapes import ShapeKind

_STRAIGHT = 1e-9
"""Cosine of the angle between two sides below which they are perpendicular."""


def rectangles(elements: Elements) -> list[Placed]:
    """Upright ones as boxes, turned ones as rotated rectangles, skewed ones as polygons."""
    rows = elements.of_kind("Rectangle")
    x, y, width, height = elements.numbers(("X", "Y", "Width", "Height"), rows).T
    transforms = elements.transforms[rows]
    corners = np.stack([np.stack([x, y], 1), np.stack([x + width, y], 1), np.stack([x + width, y + height], 1), np.stack([x, y + height], 1)], axis=1)
    hinted = (elements.hints["kind"].gather(rows) == str(ShapeKind.ROTATED_RECTANGLE)).fill_null(value=False).to_numpy()
    upright = _upright(transforms) & ~hinted
    turned = ~upright & _perpendicular(transforms)
    a, b = (applied(transforms[upright], corners[upright][:, corner]) for corner in (0, 2))
    found = [Placed.boxes(ShapeKind.RECTANGLE, rows[upright], np.minimum(a, b), np.maximum(a, b))]
    left = applied(transforms[turned], (corners[turned][:, 0] + corners[turned][:, 3]) / 2)
    right = applied(transforms[turned], (corners[turned][:, 1] + corners[turned][:, 2]) / 2)
    across = np.abs(height[turned]) * np.hypot(transforms[turned, 0, 1], transforms[turned, 1, 1])
    ours = hinted[turned]
    left[ours], right[ours], across[ours] = snapped(left[ours]), snapped(right[ours]), snapped(across[ours])
    found.append(Placed.pairs(ShapeKind.ROTATED_RECTANGLE, rows[turned], left, right, width=across))
    skewed = ~upright & ~turned
    four = np.stack([applied(transforms[skewed], corners[skewed][:, corner]) for corner in range(4)], axis=1)
    found.append(Placed(ShapeKind.POLYGON, rows[skewed], Rings.simple(four.reshape(-1, 2), np.arange(skewed.sum() + 1) * 4)))
    return found


def ellipses(elements: Elements) -> list[Placed]:
    """Upright ones as ovals, others as ellipses."""
    rows = elements.of_kind("Ellipse")
    both = ("RadiusX", "RadiusY")
    if elements.kinds.len() and "R" in elements.names and not set(both) & elements.names:  # the Circle of older schemas
        both = ("R", "R")
    centre, radii = elements.numbers(("X", "Y"), rows), np.abs(elements.numbers(both, rows))
    transforms = elements.transforms[rows]
    hinted = (elements.hints["kind"].gather(rows) == str(ShapeKind.ELLIPSE)).fill_null(value=False).to_numpy()
    upright = _upright(transforms) & ~hinted
    reach = (np.abs(transforms[upright, :, :2]) * radii[upright][:, None, :]).sum(axis=2)
    middle = applied(transforms[upright], centre[upright])
    found = [Placed.boxes(ShapeKind.OVAL, rows[upright], middle - reach, middle + reach)]
    other = ~upright
    ours = hinted[other]
    axes, ratio = _axes(transforms[other], radii[other], ours)
    middle = applied(transforms[other], centre[other])
    start, end = middle - axes, middle + axes
    start[ours], end[ours], ratio[ours] = snapped(start[ours]), snapped(end[ours]), snapped_ratio(ratio[ours])
    return [*found, Placed.pairs(ShapeKind.ELLIPSE, rows[other], start, end, ratio=ratio)]


def _axes(transforms: Floats, radii: Floats, ours: Bools) -> tuple[Floats, Floats]:
    """Half the major axis (n, 2), and minor / major (n,), of transformed ellipses; in those of segue it is the first radius."""
    sides = transforms[:, :, :2] * radii[:, None, :]
    straight = _perpendicular(transforms)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    first = (lengths[:, 0] >= lengths[:, 1]) | ours
    major = np.where(first[:, None], sides[:, :, 0], sides[:, :, 1])
    long, short = lengths.max(axis=1, initial=0), lengths.min(axis=1, initial=np.inf)
    if not straight.all():
        turned, stretch, _ = np.linalg.svd(sides[~straight])
        major[~straight] = turned[:, :, 0] * stretch[:, :1]
        long[~straight], short[~straight] = stretch[:, 0], stretch[:, 1]
    return major, np.divide(short, long, out=np.ones(len(long)), where=long > 0)


def _upright(transforms: Floats) -> Bools:
    """Which transforms keep upright boxes upright: they move, stretch, flip, or turn by quarters."""
    a, b, c, d = transforms[:, 0, 0], transforms[:, 0, 1], transforms[:, 1, 0], transforms[:, 1, 1]
    found: Bools = ((b == 0) & (c == 0)) | ((a == 0) & (d == 0))
    return found


def _perpendicular(transforms: Floats) -> Bools:
    """Which transforms keep right angles of upright boxes."""
    a, b = transforms[:, :, 0], transforms[:, :, 1]
    found: Bools = np.abs((a * b).sum(axis=1)) <= _STRAIGHT * np.hypot(a[:, 0], a[:, 1]) * np.hypot(b[:, 0], b[:, 1])
    return found
