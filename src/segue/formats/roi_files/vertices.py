"""Vertices of shapes as a ROI holds them: in float32, in their form, lines and points by centres of pixels."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.formats.roi_files.kinds import Form, forms, is_centred
from segue.formats.roi_files.outlines import boxes, ordered, united
from segue.formats.roi_files.ring_order import shuffled
from segue.model.rings import Bools, Floats, Ints, Rings, concat

HALF = 0.5
"""From the middle of a pixel, where ImageJ counts lines and points, to its corner, where segue does."""


def read_rings(rois: Rois, rows: Ints, frame: pl.DataFrame) -> tuple[Rings, dict[int, list[int]]]:
    """The vertices of some ROIs, one shape each; lines and points are moved by half a pixel.

    ``frame`` has the kinds and parameters of the ROIs in ``rows``. With it: row of a ROI -> which of its rings each ring was, where they
    stood in another order.
    """
    form = forms(frame["kind"].cast(pl.Utf8))
    each = np.arange(len(rois.ring_start), dtype=np.int64)
    every = Rings(rois.coords, rois.ring_start, each, rois.roi_start)
    if not form.any():
        areas, order = ordered(every if len(rows) == len(rois) else every.take(rows))
        return areas, shuffled(areas, order, rows)
    line = rois.line[rows].astype(np.float64)
    line[:, 2:] += np.where((form == Form.BOX)[:, None], line[:, :2], 0)
    ends = np.where((form == Form.BOX)[:, None] & ~rois.sub_pixel[rows, None], rois.box[rows], line)
    own = rows[form == Form.RINGS]
    areas, order = ordered(every.take(own))
    found = {
        Form.RINGS: areas,
        Form.BOX: _pairs(boxes(ends[form == Form.BOX])[0]),
        Form.ENDS: _pairs(ends[form == Form.ENDS]),
        Form.PATH: every.take(rows[form == Form.PATH]),
    }
    rings = in_order(found, form)
    return _moved(rings, is_centred(frame), HALF), shuffled(areas, order, own)


def fitted_rings(rings: Rings, frame: pl.DataFrame) -> Rings:
    """The vertices as they will be read back."""
    form = forms(frame["kind"].cast(pl.Utf8))
    if not form.any():
        return united(rings)
    centred = is_centred(frame)
    rings = _moved(rings, centred, -HALF)
    of_form = {one: rings.take(np.flatnonzero(form == one)) for one in Form}
    found = {
        Form.RINGS: united(of_form[Form.RINGS]),
        Form.BOX: _pairs(boxes(of_form[Form.BOX].coords.reshape(-1, 4))[0]),
        Form.ENDS: _pairs(_single(of_form[Form.ENDS].coords).reshape(-1, 4)),
        Form.PATH: Rings.simple(_single(of_form[Form.PATH].coords), of_form[Form.PATH].coord_start),
    }
    return _moved(in_order(found, form), centred, HALF)


def roi_vertices(rings: Rings, frame: pl.DataFrame) -> tuple[NDArray[np.float32], Rings]:
    """What ROIs hold of fitted vertices: the four numbers ``line``, and the lists of vertices (none for boxes and ends)."""
    form = forms(frame["kind"].cast(pl.Utf8))
    line = np.zeros((len(frame), 4), np.float32)
    if not form.any():
        return line, rings
    rings = _moved(rings, is_centred(frame), -HALF)
    box, ends = form == Form.BOX, form == Form.ENDS
    line[box] = boxes(rings.take(np.flatnonzero(box)).coords.reshape(-1, 4))[1]
    line[ends] = rings.take(np.flatnonzero(ends)).coords.reshape(-1, 4)
    listed = ~(box | ends)
    kept = rings.take(np.flatnonzero(listed))
    counts = np.where(listed, 0, -1)
    counts[listed] = np.diff(kept.shape_start)
    shape_start = np.concatenate([[0], np.cumsum(np.maximum(counts, 0))])
    return line, Rings(kept.coords, kept.ring_start, kept.part_start, shape_start)


def in_order(found: dict[Form, Rings], form: NDArray[np.int64]) -> Rings:
    """Shapes of all forms in their order."""
    parts = [one for one in Form if (form == one).any()]
    if len(parts) == 1:
        return found[parts[0]]
    order = np.empty(len(form), np.int64)
    order[np.concatenate([np.flatnonzero(form == one) for one in parts])] = np.arange(len(form))
    return concat([found[one] for one in parts]).take(order)


def _moved(rings: Rings, which: Bools, by: float) -> Rings:
    if not which.any():
        return rings
    return rings.with_coords(rings.coords + np.where(np.repeat(which, np.diff(rings.coord_start)), by, 0.0)[:, None])


def _single(coords: Floats) -> Floats:
    return coords.astype(np.float32).astype(np.float64)


def _pairs(corners: Floats) -> Rings:
    return Rings.simple(corners.reshape(-1, 2), np.arange(0, 2 * len(corners) + 1, 2))
