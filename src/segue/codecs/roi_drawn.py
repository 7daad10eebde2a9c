"""The vertices and boxes of ROIs that are drawn from a few numbers: ellipses, rotated rectangles, splines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_layout import Ints, offsets, spread
from segue.codecs.roi_record import Rois
from segue.geometry.imagej_figures import ellipses, rotated_rectangles, splines
from segue.model.rings import Rings


def drawn(rois: Rois) -> Rois:
    """ROIs whose ellipses and rotated rectangles have the vertices that follow from their axes."""
    figure = rois.figure
    if not figure.any():
        return rois
    rows = np.flatnonzero(figure)
    round_ = rois.subtype[rows] == roi.ELLIPSE
    ends, parameter = rois.line[rows].astype(np.float64), np.nan_to_num(rois.parameter[rows].astype(np.float64))
    corners = rotated_rectangles(ends[~round_], parameter[~round_])
    vertices = [ellipses(ends[round_], parameter[round_]), np.concatenate([corners, corners[:, :1]], axis=1)]
    order = np.concatenate([rows[round_], rows[~round_]])
    return _with_rings(rois, order, [part.shape[1] for part in vertices for _ in range(len(part))], np.concatenate([part.reshape(-1, 2) for part in vertices]))


def _with_rings(rois: Rois, rows: Ints, lengths: list[int], coords: NDArray[np.float64]) -> Rois:
    """ROIs of which some get another ring, their only one. ``coords`` holds the new rings one behind the other."""
    is_new = np.zeros(len(rois), np.bool_)
    is_new[rows] = True
    old_rings = np.repeat(~is_new, np.diff(rois.roi_start))
    roi_start = offsets(np.where(is_new, 1, np.diff(rois.roi_start)))
    ring_is_new = np.repeat(is_new, np.diff(roi_start))
    old_lengths = np.diff(rois.ring_start)
    size = np.empty(int(roi_start[-1]), np.int64)
    size[~ring_is_new] = old_lengths[old_rings]
    size[roi_start[rows]] = lengths
    ring_start = offsets(size)
    both = np.empty((int(ring_start[-1]), 2))
    both[np.repeat(~ring_is_new, size)] = rois.coords[np.repeat(old_rings, old_lengths)]
    both[spread(ring_start[roi_start[rows]], np.asarray(lengths, np.int64), 1)] = coords.astype(np.float32)
    return replace(rois, coords=both, ring_start=ring_start, roi_start=roi_start)


def curves(rois: Rois, rows: Ints) -> NDArray[np.float64]:
    """(len(rows), 4): smallest x, y and largest x, y of the curves of splines."""
    each = np.arange(len(rois.ring_start), dtype=np.int64)
    points = Rings(rois.coords, rois.ring_start, each, rois.roi_start).take(rows)
    closed = np.isin(rois.type[rows], (roi.POLYGON, roi.FREEHAND, roi.TRACED))
    by_hand = np.isin(rois.type[rows], (roi.FREEHAND, roi.FREELINE))
    drawn_ = splines(points, closed, smoothed=by_hand)
    first = drawn_.coord_start[:-1]
    return np.concatenate([np.minimum.reduceat(drawn_.coords, first), np.maximum.reduceat(drawn_.coords, first)], 1) if len(rows) else np.empty((0, 4))
