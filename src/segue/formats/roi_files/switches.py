"""The bits ``options`` of a ROI that follow from its shape, and those that may differ from them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.formats.roi_files.kinds import POINTS, Form, forms, is_centred
from segue.formats.roi_files.vertices import HALF
from segue.model.rings import Bools
from segue.model.shapes import ShapeKind, Shapes

K = ShapeKind


def switches(shapes: Shapes, width: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Per shape: what ImageJ would set, and which bits say nothing about the geometry, so that they may be otherwise.

    A stated line width scales with the picture; rectangles, ovals, points and splines are kept as floats; arrows and splines are what they are.
    """
    frame = shapes.frame
    kind = frame["kind"].cast(pl.Utf8)
    composite, needed = _composites(shapes, kind), _needed(shapes, kind)
    usual = np.where(width > 0, roi.SCALE_STROKE, 0)
    usual |= np.where(kind.is_in([*POINTS, str(K.RECTANGLE), str(K.OVAL), str(K.SPLINE)]).to_numpy() | needed & ~composite, roi.SUB_PIXEL, 0)
    for name, bit in (("double", roi.DOUBLE_HEADED), ("hollow", roi.OUTLINE)):
        if frame[name].null_count() < len(frame):
            usual |= np.where(frame[name].is_not_null().to_numpy(), bit, 0)
    usual |= np.where((kind == str(K.SPLINE)).to_numpy(), roi.SPLINE, 0)
    free = np.full(len(shapes), 0xFFFF & ~roi.SPLINE)
    free &= np.where((kind == str(K.ARROW)).to_numpy(), ~(roi.DOUBLE_HEADED | roi.OUTLINE), ~0)
    free &= np.where(needed | composite, ~roi.SUB_PIXEL, ~0)
    return usual.astype(np.int32), free.astype(np.int32)


def _composites(shapes: Shapes, kind: pl.Series) -> Bools:
    """Areas of several rings, or of more vertices than a list of them can have."""
    rings = shapes.rings
    many = (np.diff(rings.part_start[rings.shape_start]) != 1) | (np.diff(rings.coord_start) > roi.MOST_VERTICES)
    found: Bools = (forms(kind) == Form.RINGS) & many
    return found


def _needed(shapes: Shapes, kind: pl.Series) -> Bools:
    """Shapes whose ROI needs floats: vertices with fractions, or beyond what 16 bits hold; figures, whose vertices are computed."""
    rings, start = shapes.rings, shapes.rings.coord_start
    centred = is_centred(shapes.frame)
    coords = rings.coords - np.where(np.repeat(centred, np.diff(start)), HALF, 0.0)[:, None] if centred.any() else rings.coords
    low, high = np.zeros((len(shapes), 2)), np.zeros((len(shapes), 2))
    split = np.zeros(len(shapes), np.bool_)
    filled = np.diff(start) > 0
    if filled.any():
        first = start[:-1][filled]
        low[filled], high[filled] = np.minimum.reduceat(coords, first), np.maximum.reduceat(coords, first)
        split[filled] = np.logical_or.reduceat((coords != np.rint(coords)).any(axis=1), first)
    wide = (low < roi.LOWEST).any(axis=1) | (high > roi.HIGHEST).any(axis=1) | (high - low > roi.HIGHEST).any(axis=1)
    lines = kind.is_in([str(K.LINE), str(K.ARROW)]).to_numpy()
    found: Bools = (split | wide) & ~lines | kind.is_in([str(K.ELLIPSE), str(K.ROTATED_RECTANGLE)]).to_numpy()
    return found
