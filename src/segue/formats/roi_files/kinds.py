"""Which kind of shape a ROI is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_record import Bools, Rois
from segue.model.shapes import ShapeKind

K = ShapeKind
TYPES = {K.POLYGON: roi.POLYGON, K.FREEHAND: roi.FREEHAND, K.TRACED: roi.TRACED, K.RECTANGLE: roi.RECT, K.OVAL: roi.OVAL}
"""The type number of each kind that is read and written."""
COMPOSITES = {str(K.FREEHAND): K.FREEHAND, str(K.TRACED): K.TRACED}
"""Values of the property ``segue.kind``."""


def kinds(rois: Rois) -> NDArray[np.object_]:
    """(n,) ShapeKind of each ROI; None for a type that ImageJ does not have."""
    points = np.diff(rois.ring_start[rois.roi_start]) > 1
    spline = (rois.options & roi.SPLINE) != 0
    cases: list[tuple[Bools, ShapeKind]] = [
        (rois.composite, K.POLYGON),
        ((rois.type == roi.RECT) & (rois.subtype == roi.TEXT), K.TEXT),
        ((rois.type == roi.RECT) & (rois.subtype == roi.IMAGE), K.IMAGE),
        (rois.type == roi.RECT, K.RECTANGLE),
        (rois.type == roi.OVAL, K.OVAL),
        ((rois.type == roi.LINE) & (rois.subtype == roi.ARROW), K.ARROW),
        (rois.type == roi.LINE, K.LINE),
        (rois.type == roi.ANGLE, K.ANGLE),
        ((rois.type == roi.POINT) & points, K.MULTIPOINT),
        (rois.type == roi.POINT, K.POINT),
        (np.isin(rois.type, roi.VERTEX_TYPES) & spline, K.SPLINE),
        ((rois.type == roi.FREEHAND) & (rois.subtype == roi.ELLIPSE), K.ELLIPSE),
        ((rois.type == roi.FREEHAND) & (rois.subtype == roi.ROTATED_RECT), K.ROTATED_RECTANGLE),
        (rois.type == roi.POLYGON, K.POLYGON),
        (rois.type == roi.FREEHAND, K.FREEHAND),
        (rois.type == roi.TRACED, K.TRACED),
        (np.isin(rois.type, (roi.POLYLINE, roi.FREELINE)), K.POLYLINE),
    ]
    found = np.full(len(rois), None, object)
    for wanted, kind in reversed(cases):
        found[wanted] = kind
    return found


def rounded(rois: Rois) -> Bools:
    """Rectangles with rounded corners."""
    found: Bools = (rois.type == roi.RECT) & ~rois.composite & (rois.subtype == 0) & (rois.arc > 0)
    return found
