"""The columns of ROIs that follow from their geometry, filled in as ImageJ would on saving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_drawn import curves, drawn
from segue.codecs.roi_record import HIGHEST, LOWEST, MOST_VERTICES, SUB_PIXEL, Bools, Rois

_AREAS = (roi.POLYGON, roi.FREEHAND, roi.TRACED)
_CENTRED = (roi.POLYLINE, roi.FREELINE, roi.POINT)
"""Types whose integers are centres of pixels: their box ends behind the last pixel."""


def arranged(rois: Rois) -> Rois:
    """ROIs ready for ``encode``.

    Areas of several rings or more than 65,535 vertices become composites. Vertices with fractions, or beyond what 16 bits hold, are kept
    as float32, all others if ``options`` say so (``SUB_PIXEL``); so are the boxes of rectangles, ovals, texts and images (``line`` = x, y,
    width, height). Ellipses and rotated rectangles get their vertices. Boxes enclose the vertices. Groups above 255 need version 229.
    """
    rois = drawn(rois)
    vertices = np.diff(rois.ring_start[rois.roi_start])
    composite = rois.composite | np.isin(rois.type, _AREAS) & ((np.diff(rois.roi_start) != 1) | (vertices > MOST_VERTICES))
    boxes = np.isin(rois.type, roi.BOX_TYPES) & ~rois.composite
    bounds = _bounds(rois, vertices, boxes)
    held = boxes | np.isin(rois.type, roi.VERTEX_TYPES) & ~composite
    fine = held & (_fine(rois, bounds) | rois.figure | ((rois.options & SUB_PIXEL) != 0))
    origin, bounds = _anchored(rois, bounds)
    options = np.where(fine, rois.options | SUB_PIXEL, rois.options & np.where(held | composite, ~SUB_PIXEL, ~0)).astype(np.int32)
    version = np.where(rois.group > 0xFF, np.maximum(rois.version, 229), rois.version).astype(np.int32)
    return replace(
        rois,
        type=np.where(composite, roi.RECT, rois.type).astype(np.int32),
        composite=composite,
        box=_box(rois, bounds, boxes),
        line=np.where((boxes & ~fine)[:, None], np.float32(0), rois.line),
        options=options,
        version=version,
        origin=origin,
    )


def _bounds(rois: Rois, vertices: NDArray[np.int64], boxes: Bools) -> NDArray[np.float64]:
    """(n, 4) Smallest x, y and largest x, y; zeros where there is nothing."""
    bounds = np.zeros((len(rois), 4))
    filled = vertices > 0
    if filled.any():
        first = rois.ring_start[rois.roi_start[:-1]][filled]
        bounds[filled, :2] = np.minimum.reduceat(rois.coords, first)
        bounds[filled, 2:] = np.maximum.reduceat(rois.coords, first)
    line = rois.line[boxes].astype(np.float64)
    bounds[boxes] = np.concatenate([line[:, :2], line[:, :2] + line[:, 2:]], 1)
    lines = rois.type == roi.LINE
    if lines.any():
        ends = rois.line[lines].astype(np.float64)
        arrow = rois.subtype[lines] == roi.ARROW
        more = (np.where(rois.fine_width > 0, rois.fine_width, rois.width)[lines] / 2 * arrow)[:, None]
        bounds[lines] = np.concatenate([np.minimum(ends[:, :2], ends[:, 2:]) - more, np.maximum(ends[:, :2], ends[:, 2:]) + more], 1)
    return bounds


def _anchored(rois: Rois, bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """What the integers of figures and splines are relative to (NaN = the usual), and bounds that enclose the curves of splines."""
    figure, spline = rois.figure, rois.spline
    if not (figure | spline).any():
        return rois.origin, bounds
    origin = np.full((len(rois), 2), np.nan)
    origin[figure] = np.floor(bounds[figure, :2])
    rows = np.flatnonzero(spline)
    bounds = bounds.copy()
    bounds[rows] = curves(rois, rows)
    origin[rows] = bounds[rows, :2]
    return origin, bounds


def _box(rois: Rois, bounds: NDArray[np.float64], boxes: Bools) -> NDArray[np.int32]:
    """Whole pixels around the bounds, each kind rounded as ImageJ does."""
    low, high = np.floor(bounds[:, :2]), np.ceil(bounds[:, 2:])
    if boxes.any():
        low[boxes] = np.trunc(bounds[boxes, :2])
        high[boxes] = low[boxes] + np.ceil(rois.line[boxes, 2:].astype(np.float64))
    centred = (np.isin(rois.type, _CENTRED) | (rois.type == roi.LINE) & (rois.subtype != roi.ARROW)) & ~rois.composite
    if centred.any():
        low[centred] = np.floor(bounds[centred, :2] + 0.5)
        high[centred] = np.maximum(low[centred], np.floor(bounds[centred, 2:])) + 1
    figure = rois.figure
    if figure.any():
        high[figure] = low[figure] + np.floor(bounds[figure, 2:] - low[figure] + 0.5)
    box: NDArray[np.int32] = np.clip(np.nan_to_num(np.concatenate([low, high], 1)), LOWEST, HIGHEST).astype(np.int32)
    return box


def _fine(rois: Rois, bounds: NDArray[np.float64]) -> Bools:
    """Which ROIs integers cannot hold."""
    flat = rois.coords.reshape(-1)
    broken = flat != np.rint(flat)
    before = np.zeros(len(flat) + 1, np.int64)
    if broken.any():
        np.cumsum(broken, out=before[1:])
    per_roi = 2 * rois.ring_start[rois.roi_start]
    wide = (bounds[:, :2] < LOWEST).any(axis=1) | (bounds[:, 2:] > HIGHEST).any(axis=1) | (bounds[:, 2:] - bounds[:, :2] > HIGHEST).any(axis=1)
    boxes = np.isin(rois.type, roi.BOX_TYPES) & ~rois.composite
    found: Bools = (before[per_roi[1:]] > before[per_roi[:-1]]) | wide | boxes & (rois.line != np.rint(rois.line)).any(axis=1)
    return found
