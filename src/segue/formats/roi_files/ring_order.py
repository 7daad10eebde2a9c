"""The order of the rings of a composite: ImageJ writes holes first, the model has them behind their part. The list ``rings`` in the extras
of an object says at which place in the ROI each ring stood.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.formats.roi_files.kinds import FORMS, Form
from segue.formats.roi_files.outlines import settled
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import Shapes


def shuffled(rings: Rings, order: Ints | None, rows: Ints) -> dict[int, list[int]]:
    """Row -> the places of the rings of its shape, where it is not the natural order. ``order`` is which ring of all each was."""
    if order is None:
        return {}
    moved = order != np.arange(len(order))
    per_shape = rings.shape_rings
    before = np.concatenate([[0], np.cumsum(moved)])
    found = np.flatnonzero(before[per_shape[1:]] > before[per_shape[:-1]])
    return {int(rows[row]): (order[per_shape[row] : per_shape[row + 1]] - per_shape[row]).tolist() for row in found.tolist()}


def usable(listed: dict[int, Any], shapes: Shapes) -> set[int]:
    """The shapes (rows) for which a list of places leads back to the same rings."""
    rows = [row for row, places in listed.items() if _fits(places, shapes, row)]
    if not rows:
        return set()
    own = shapes.rings.take(rows)
    again = settled(_one_part(_placed(own, [listed[row] for row in rows])))
    return {row for row, same in zip(rows, again.same(own).tolist(), strict=True) if same}


def _fits(places: Any, shapes: Shapes, row: int) -> bool:
    count = int(np.diff(shapes.rings.shape_rings)[row])
    area = FORMS.get(str(shapes.frame["kind"][row])) is Form.RINGS
    known = isinstance(places, list) and all(type(one) is int for one in places)
    return area and known and sorted(places) == list(range(count)) and places != list(range(count))


def in_places(shapes: Shapes, listed: dict[int, list[int]]) -> Shapes:
    """Shapes, the rings of some (rows) in the order of a ROI; their parts are no longer told apart."""
    if not listed:
        return shapes
    rows = list(listed)
    source = np.arange(len(shapes), dtype=np.int64)
    source[rows] = len(shapes) + np.arange(len(rows))
    placed = _placed(shapes.rings.take(rows), list(listed.values()))
    return Shapes(shapes.frame, concat([shapes.rings, placed]).take(source))


def _placed(rings: Rings, places: list[list[int]]) -> Rings:
    """Shapes of one part each, their rings at the given places."""
    start = rings.shape_rings
    order = np.concatenate([start[row] + np.argsort(one) for row, one in enumerate(places)])
    each = np.arange(len(rings.ring_start), dtype=np.int64)
    flat = Rings(rings.coords, rings.ring_start, each, each).take(order)
    return Rings(flat.coords, flat.ring_start, start, np.arange(len(places) + 1, dtype=np.int64))


def _one_part(rings: Rings) -> Rings:
    """Rings whose parts are not known."""
    each = np.arange(len(rings.ring_start), dtype=np.int64)
    return Rings(rings.coords, rings.ring_start, each, rings.shape_rings)
