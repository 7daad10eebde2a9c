"""The columns of ROIs that follow from their geometry, filled in as ImageJ would on saving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segue.codecs.roi_record import FREEHAND, HIGHEST, LOWEST, MOST_VERTICES, OVAL, POLYGON, RECT, SUB_PIXEL, TRACED, Bools, Rois


def arranged(rois: Rois) -> Rois:
    """ROIs ready for ``encode``.

    Areas of several rings or more than 65,535 vertices become composites. Vertices with fractions, or beyond what 16 bits hold, are kept
    as float32; rectangles and ovals always are (``line`` = x, y, width, height). Boxes enclose the vertices. Groups above 255 need
    version 229.
    """
    vertices = np.diff(rois.ring_start[rois.roi_start])
    areas = np.isin(rois.type, (POLYGON, FREEHAND, TRACED))
    composite = rois.composite | areas & ((np.diff(rois.roi_start) != 1) | (vertices > MOST_VERTICES))
    kind = np.where(composite, RECT, rois.type)
    bounds = _bounds(rois, vertices)
    boxes = np.isin(rois.type, (RECT, OVAL)) & ~rois.composite
    line = rois.line[boxes].astype(np.float64)
    bounds[boxes] = np.concatenate([np.trunc(line[:, :2]), np.trunc(line[:, :2]) + np.ceil(line[:, 2:])], 1)
    fine = (boxes | _fine(rois, bounds)) & ~composite
    box = np.clip(np.concatenate([np.floor(bounds[:, :2]), np.ceil(bounds[:, 2:])], 1), LOWEST, HIGHEST).astype(np.int32)
    options = np.where(fine, rois.options | SUB_PIXEL, rois.options & ~SUB_PIXEL).astype(np.int32)
    version = np.where(rois.group > 0xFF, np.maximum(rois.version, 229), rois.version).astype(np.int32)
    return replace(rois, type=kind.astype(np.int32), composite=composite, box=box, options=options, version=version)


def _bounds(rois: Rois, vertices: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n, 4) Smallest x, y and largest x, y; zeros where there is no vertex."""
    bounds = np.zeros((len(rois), 4))
    filled = vertices > 0
    if filled.any():
        first = rois.ring_start[rois.roi_start[:-1]][filled]
        bounds[filled, :2] = np.minimum.reduceat(rois.coords, first)
        bounds[filled, 2:] = np.maximum.reduceat(rois.coords, first)
    return bounds


def _fine(rois: Rois, bounds: NDArray[np.float64]) -> Bools:
    """Which ROIs integers cannot hold."""
    flat = rois.coords.reshape(-1)
    broken = flat != np.rint(flat)
    before = np.zeros(len(flat) + 1, np.int64)
    if broken.any():
        np.cumsum(broken, out=before[1:])
    per_roi = 2 * rois.ring_start[rois.roi_start]
    wide = (bounds[:, :2] < LOWEST).any(axis=1) | (bounds[:, 2:] > HIGHEST).any(axis=1) | (bounds[:, 2:] - bounds[:, :2] > HIGHEST).any(axis=1)
    found: Bools = (before[per_roi[1:]] > before[per_roi[:-1]]) | wide
    return found
