"""Regions as the one thing that the format has for them: a single ring of vertices, filled even-odd."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.errors import Incompatible
from segue.formats.outline_files import finite
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.tidy import tidied
from segue.model.rings import Floats, Ints, Rings
from segue.model.rules import RegionRule, Rule
from segue.model.shapes import RINGED
from segue.model.study import ImageSet

_RINGED = [str(kind) for kind in RINGED]


@dataclass(frozen=True, eq=False)
class Outline:
    """The region of a population."""

    object: int
    """Row of the object that it is; the first one, if the rule names several."""
    kind: str
    vertices: Floats
    """(n, 2) x, y."""


def outlines(s: ImageSet, rules: Sequence[Rule]) -> list[Outline | None]:
    """The region of each rule; None where it names none that is here and encloses an area."""
    if not any(isinstance(rule, RegionRule) for rule in rules):
        return [None] * len(rules)
    shapes = finite(s.shapes.take(area_rows(s.shapes)))
    rings, kinds = area_rings(shapes), shapes.frame["kind"].cast(pl.Utf8).to_list()
    owner = shapes.frame["object"].to_numpy()
    frame = s.objects.frame.with_row_index("object").filter(pl.col("label").is_null())
    place = dict(zip(frame["id"], frame["object"], strict=True))
    found: list[Outline | None] = []
    for rule in rules:
        objects = [place[name] for name in dict.fromkeys(rule.regions) if name in place] if isinstance(rule, RegionRule) else []
        rows = np.concatenate([np.empty(0, np.int64), *(np.flatnonzero(owner == one) for one in objects)]).astype(np.int64)
        rows = rows[np.diff(rings.coord_start)[rows] > 0]
        found.append(_outline(rings.take(rows), rows, owner, kinds) if len(rows) else None)
    return found


def _outline(mine: Rings, rows: Ints, owner: npt.NDArray[np.int32], kinds: list[str]) -> Outline | None:
    vertices, kind = mine.coords, kinds[rows[0]] if kinds[rows[0]] in _RINGED else "polygon"
    if len(mine.ring_start) > 2:
        vertices, kind = _one_ring(mine), "polygon"
    return Outline(int(owner[rows[0]]), kind, vertices) if len(vertices) else None


def _one_ring(areas: Rings) -> Floats:
    """Holes and further parts joined to the first ring by a line there and back, which encloses nothing: even-odd, it is the same area."""
    from segue.geometry.union import united

    areas = tidied(areas)
    if len(areas.part_start) > 2:
        with suppress(Incompatible):  # parts that enclose nothing have no union; joined, they enclose nothing
            whole = united(areas)
            areas = Rings(whole.coords, whole.ring_start, whole.part_start, whole.shape_start)
    return areas.coords[_there_and_back(areas.ring_start)]


def _there_and_back(ring_start: Ints) -> Ints:
    """The order of vertices: ring 0 and its first vertex; then each further ring, its first vertex, and the first of ring 0 (the last time implied)."""
    closed = [np.append(np.arange(begin, end), begin) for begin, end in pairwise(ring_start.tolist())]
    order: Ints = np.concatenate([np.empty(0, np.int64), *(np.append(ring, 0) if nth else ring for nth, ring in enumerate(closed))])
    return order[:-1]
