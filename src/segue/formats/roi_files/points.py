"""Points of one ROI that lie on different planes: several shapes of one object, which become one ROI again.

ImageJ keeps a counter (class) and a place in the stack for every point of a ROI. In the model the points of each plane are a shape;
the list of counters and places, in the order of the ROI, stays in the extras of the object (``counters``; ``by_point`` where the planes
of the shapes came from it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.formats.roi_files.kinds import POINTS
from segue.formats.roi_files.planes import Stack, null_planes
from segue.model.rings import Bools, Ints, Rings, concat
from segue.model.shapes import ShapeKind, Shapes

COUNTER = 0xFF
"""The bits of a number that are the counter; the place is above."""
_ALIKE = ("role", "stroke", "fill", "stroke_width")
_MOST = 0xFFFFFFFF


@dataclass(frozen=True, eq=False)
class Spread:
    """Groups of the points of one ROI: those of a plane each, in the order in which they first appear."""

    order: Ints
    """The points, group by group."""
    start: Ints
    """(groups + 1,) where each group begins in ``order``."""
    planes: dict[str, NDArray[np.int64]]
    """c and z per group, from 1, 0 = all."""
    t: int
    """The frame of all points, from 1; 0 = all, or they differ."""
    differ: bool
    """Whether they lie at different time points, which a shape cannot say."""


def spread(numbers: NDArray[np.int64], stack: Stack, axis: str | None = None) -> Spread:
    """The groups of points by their places; ``numbers`` are counters and places as in a ROI."""
    place = numbers >> 8
    found = stack.planes(place, None if axis is None else np.full(len(place), axis, object))
    key = np.stack([found["c"], found["z"]], axis=1)
    _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))[group.reshape(-1)]
    order = np.argsort(rank, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(rank))])
    times = np.unique(found["t"])
    chosen = np.sort(first)
    return Spread(order, start, {name: found[name][chosen] for name in "cz"}, int(times[0]) if len(times) == 1 else 0, len(times) > 1)


@dataclass(frozen=True, eq=False)
class PointsRead:
    """The counters of point ROIs, and which of them place the points."""

    numbers: dict[int, NDArray[np.int64]]
    """Row of a ROI -> counters and places; empty where the file has none for its points."""
    groups: dict[int, Spread]
    """Row of a ROI -> the planes of its points, where the ROI itself is on none."""


def read_points(rois: Rois, rows: Ints, kind: pl.Series, axis: pl.Series, stack: Stack) -> PointsRead:
    """What is unusual about the points of ROIs: only ROIs with counters or places, or without a list of them."""
    of = rows[kind.is_in(POINTS).to_numpy()]
    if not len(of):
        return PointsRead({}, {})
    start = rois.counter_start if len(rois.counter_start) > 1 else np.zeros(len(rois) + 1, np.int64)
    marked = np.concatenate([[0], np.cumsum(rois.counters > 0)])
    unusual = of[(start[of + 1] == start[of]) | (marked[start[of + 1]] > marked[start[of]])]
    numbers = {row: rois.counters[start[row] : start[row + 1]].astype(np.int64) for row in unusual.tolist()}
    placed = (rois.c > 0) | (rois.z > 0) | (rois.t > 0) | (rois.position > 0)
    groups = {row: spread(found, stack, axis[row]) for row, found in numbers.items() if (found > COUNTER).any() and not placed[row]}
    return PointsRead(numbers, groups)


def divided(shapes: Shapes, rows: Ints, groups: dict[int, Spread]) -> tuple[Shapes, Ints]:
    """Shapes (one per ROI of ``rows``), those of some ROIs divided into one per plane; and the shape that each came from."""
    if not groups:
        return shapes, np.arange(len(shapes), dtype=np.int64)
    place = {row: number for number, row in enumerate(rows.tolist()) if row in groups}
    parts, owners, planes = [shapes.rings], [np.arange(len(shapes), dtype=np.int64)], {name: shapes.frame[name].to_list() for name in "cz"}
    keep = np.ones(len(shapes), np.bool_)
    for row, found in groups.items():
        number = place[row]
        a = shapes.rings.coord_start[number]
        parts.append(Rings.simple(shapes.rings.coords[a + found.order], found.start))
        owners.append(np.full(len(found.start) - 1, number, np.int64))
        keep[number] = False
        for name in "cz":
            planes[name] += null_planes(found.planes[name]).to_list()
    owner = np.concatenate(owners)
    chosen = np.concatenate([np.flatnonzero(keep), np.arange(len(shapes), len(owner))])
    chosen = chosen[np.argsort(owner[chosen], kind="stable")]
    frame = shapes.frame[owner[chosen]].with_columns(**{name: pl.Series(planes[name], dtype=pl.Int32)[chosen] for name in "cz"})
    return Shapes(frame, concat(parts).take(chosen)), owner[chosen]


def usable(payload: dict[str, Any], shapes: Shapes, mine: Ints, t: int | None, stack: Stack) -> dict[str, Any]:
    """What of ``counters`` and ``by_point`` fits the shapes of an object (their rows ``mine``)."""
    listed = payload.get("counters")
    frame = shapes.frame[mine]
    kind = frame["kind"].cast(pl.Utf8)
    if not isinstance(listed, list) or not kind.is_in(POINTS).all() or not all(type(one) is int and 0 <= one <= _MOST for one in listed):
        return {}
    numbers = np.array(listed, np.int64)
    lengths = np.diff(shapes.rings.coord_start)[mine]
    if payload.get("by_point") == 1:
        return {"by_point": 1, "counters": listed} if _placed(numbers, frame, kind, lengths, t, stack) else {}
    if len(mine) != 1 or len(numbers) not in (0, lengths[0]) or (len(numbers) and not numbers.any()):
        return {}
    return {"counters": listed}


def _placed(numbers: NDArray[np.int64], frame: pl.DataFrame, kind: pl.Series, lengths: Ints, t: int | None, stack: Stack) -> bool:
    """Whether the places of points are those of the shapes."""
    if not (numbers > COUNTER).any() or int(lengths.sum()) != len(numbers) or frame.select(_ALIKE).unique().height != 1:
        return False
    found = spread(numbers, stack)
    expected = str(ShapeKind.POINT if len(numbers) == 1 else ShapeKind.MULTIPOINT)
    planes = all(null_planes(found.planes[name]).equals(frame[name], check_names=False, null_equal=True) for name in "cz")
    return planes and np.array_equal(np.diff(found.start), lengths) and (kind == expected).all() and t == (found.t - 1 if found.t else None)


def gathered(shapes: Shapes, listed: dict[int, list[int]], stack: Stack) -> tuple[Shapes, Bools]:
    """Shapes with those of some objects (row -> counters and places) put together again; and which these are."""
    if not listed:
        return shapes, np.zeros(len(shapes), np.bool_)
    objects = shapes.frame["object"].to_numpy()
    keep = np.ones(len(shapes), np.bool_)
    parts, replaced = [shapes.rings], {}
    for number, (row, numbers) in enumerate(listed.items()):
        mine = np.flatnonzero(objects == row)
        keep[mine[1:]] = False
        replaced[int(mine[0])] = len(shapes) + number
        own = shapes.rings.take(mine).coords
        coords = np.empty_like(own)
        coords[spread(np.array(numbers, np.int64), stack).order] = own
        parts.append(Rings.simple(coords, [0, len(coords)]))
    kept = np.flatnonzero(keep)
    source = np.array([replaced.get(row, row) for row in kept.tolist()], np.int64)
    merged = np.isin(kept, list(replaced))
    frame = shapes.frame[kept].with_columns(pl.when(pl.Series(~merged)).then(name).alias(name) for name in "cz")
    return Shapes(frame, concat(parts).take(source)), merged
