"""Which kind of shape a ROI is, and which type of ROI a shape becomes."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_record import Bools, Rois
from segue.model.shapes import RINGED, ShapeKind

K = ShapeKind


class Form(IntEnum):
    """How the vertices of a kind lie in a ROI."""

    RINGS = 0
    """Areas: rings with holes and parts."""
    BOX = 1
    """A box: position and size."""
    ENDS = 2
    """Two points."""
    PATH = 3
    """A list of points."""


FORMS = {
    **dict.fromkeys(map(str, RINGED), Form.RINGS),
    **dict.fromkeys(map(str, (K.RECTANGLE, K.OVAL, K.TEXT, K.IMAGE)), Form.BOX),
    **dict.fromkeys(map(str, (K.LINE, K.ARROW, K.ELLIPSE, K.ROTATED_RECTANGLE)), Form.ENDS),
    **dict.fromkeys(map(str, (K.POLYLINE, K.ANGLE, K.POINT, K.MULTIPOINT, K.SPLINE)), Form.PATH),
}
"""The form of each kind that ROIs have."""
POINTS = (str(K.POINT), str(K.MULTIPOINT))
_LINES = (str(K.LINE), str(K.ARROW), str(K.POLYLINE))
_TYPES = {
    K.POLYGON: (roi.POLYGON, 0),
    K.FREEHAND: (roi.FREEHAND, 0),
    K.TRACED: (roi.TRACED, 0),
    K.RECTANGLE: (roi.RECT, 0),
    K.OVAL: (roi.OVAL, 0),
    K.TEXT: (roi.RECT, roi.TEXT),
    K.IMAGE: (roi.RECT, roi.IMAGE),
    K.LINE: (roi.LINE, 0),
    K.ARROW: (roi.LINE, roi.ARROW),
    K.ELLIPSE: (roi.FREEHAND, roi.ELLIPSE),
    K.ROTATED_RECTANGLE: (roi.FREEHAND, roi.ROTATED_RECT),
    K.POLYLINE: (roi.POLYLINE, 0),
    K.ANGLE: (roi.ANGLE, 0),
    K.POINT: (roi.POINT, 0),
    K.MULTIPOINT: (roi.POINT, 0),
    K.SPLINE: (roi.POLYLINE, 0),
}
_TYPE = {str(kind): number for kind, (number, _) in _TYPES.items()}
_SUBTYPE = {str(kind): number for kind, (_, number) in _TYPES.items()}


def kinds(rois: Rois) -> NDArray[np.object_]:
    """(n,) ShapeKind of each ROI; None for a type that ImageJ does not have."""
    points = np.diff(rois.ring_start[rois.roi_start]) > 1
    cases: list[tuple[Bools, ShapeKind]] = [
        (rois.composite, K.POLYGON),
        (_rows(rois, rois.texts), K.TEXT),
        (_rows(rois, rois.images), K.IMAGE),
        (rois.type == roi.RECT, K.RECTANGLE),
        (rois.type == roi.OVAL, K.OVAL),
        ((rois.type == roi.LINE) & (rois.subtype == roi.ARROW), K.ARROW),
        (rois.type == roi.LINE, K.LINE),
        (rois.type == roi.ANGLE, K.ANGLE),
        ((rois.type == roi.POINT) & points, K.MULTIPOINT),
        (rois.type == roi.POINT, K.POINT),
        (rois.spline, K.SPLINE),
        (rois.figure & (rois.subtype == roi.ELLIPSE), K.ELLIPSE),
        (rois.figure, K.ROTATED_RECTANGLE),
        (rois.type == roi.POLYGON, K.POLYGON),
        (rois.type == roi.FREEHAND, K.FREEHAND),
        (rois.type == roi.TRACED, K.TRACED),
        (np.isin(rois.type, (roi.POLYLINE, roi.FREELINE)), K.POLYLINE),
    ]
    found = np.full(len(rois), None, object)
    for wanted, kind in reversed(cases):
        found[wanted] = kind
    return found


def _rows(rois: Rois, named: object) -> Bools:
    found = np.zeros(len(rois), np.bool_)
    found[list(named)] = True  # type: ignore[call-overload]
    return found


def forms(kind: pl.Series) -> NDArray[np.int64]:
    """(n,) Form of each kind; all of them are kinds that ROIs have."""
    return kind.replace_strict({name: int(form) for name, form in FORMS.items()}, return_dtype=pl.Int64).to_numpy()


def is_line(frame: pl.DataFrame) -> Bools:
    """Shapes whose ROI's line width is their own: lines, arrows, polylines and open splines."""
    kind = frame["kind"].cast(pl.Utf8)
    found: Bools = (kind.is_in(_LINES) | ((kind == str(K.SPLINE)) & ~(frame["closed"] > 0).fill_null(value=False))).to_numpy()
    return found


def is_centred(frame: pl.DataFrame) -> Bools:
    """Shapes whose integer coordinates mean centres of pixels in ImageJ (``Roi.isLineOrPoint``): lines and points, but no angles."""
    found: Bools = is_line(frame) | frame["kind"].cast(pl.Utf8).is_in(POINTS).to_numpy()
    return found


def types(frame: pl.DataFrame) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Type and subtype of each shape's ROI."""
    kind = frame["kind"].cast(pl.Utf8)
    found = kind.replace_strict(_TYPE, return_dtype=pl.Int32).to_numpy().copy()
    subtype = kind.replace_strict(_SUBTYPE, return_dtype=pl.Int32).to_numpy()
    paths = kind.is_in([str(K.POLYLINE), str(K.SPLINE)])
    if paths.any():
        closed = (paths & (kind == str(K.SPLINE)) & (frame["closed"] > 0)).fill_null(value=False).to_numpy()
        by_hand = (paths & (frame["freehand"] > 0)).fill_null(value=False).to_numpy()
        found[by_hand] = roi.FREELINE
        found[closed] = np.where(by_hand[closed], roi.FREEHAND, roi.POLYGON)
    return found, subtype
