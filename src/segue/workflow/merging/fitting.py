"""Whether what is imported lies where the study's images are: nothing is moved, cut or guessed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.model.image import size_of
from segue.model.rings import Bools
from segue.model.study import ImageSet
from segue.workflow.merging.mapping import NAMES

SHOWN = 5
"""Objects that a sentence names."""


@dataclass(frozen=True)
class Misfit:
    """What does not fit."""

    what: str
    """A sentence that names the objects, the key and the reason."""
    objects: int = 0
    connections: int = 0
    other_image: bool = False
    """Whether it may be about an image that the study does not have."""


def wrong_image(s: ImageSet, target: ImageSet) -> list[str]:
    """Why the two cannot be of one image: sentences; none = they can."""
    found = []
    for name in "yx":
        one, other = s.grid.size(name), target.grid.size(name)
        if None not in (one, other) and one != other:
            found.append(f"its image is {one} pixels along {name}, that of the study {other}")
    for name in "zyx":
        one_axis, other_axis = s.grid.axis(name), target.grid.axis(name)
        sizes = [(axis.scale, axis.unit) for axis in (one_axis, other_axis) if axis is not None and axis.scale is not None]
        if len(sizes) == 2 and sizes[0][1] == sizes[1][1] and not np.isclose(sizes[0][0] or 0, sizes[1][0] or 0, rtol=1e-6):
            found.append(f"its pixel size along {name} is {sizes[0][0]:g} {sizes[0][1] or ''}, that of the study {sizes[1][0]:g} {sizes[1][1] or ''}")
    return found


def outside(s: ImageSet, target: ImageSet) -> tuple[Bools, list[Misfit]]:
    """(objects,) bool: which objects lie on planes that the study's image does not have; and sentences about them."""
    height = len(s.objects)
    wrong = np.zeros(height, bool)
    found = []
    for axis, size in _sizes(target).items():
        planes = s.objects.frame.select(object=pl.int_range(pl.len(), dtype=pl.Int32), at="t") if axis == "t" else s.shapes.frame.select("object", at=axis)
        beyond = planes.drop_nulls("at").filter((pl.col("at") < 0) | (pl.col("at") >= size))
        for at, rows in beyond.group_by("at", maintain_order=True).agg(pl.col("object").unique(maintain_order=True)).sort("at").iter_rows():
            wrong[rows] = True
            found.append(_sentence(s, axis, at, size, rows))
    return wrong, found


def _sizes(target: ImageSet) -> dict[str, int]:
    """Axis -> how many planes the study has there, where it is known."""
    grid = target.grid
    sizes = {axis: grid.size(axis) if grid.known or grid.axis(axis) else None for axis in "tz"}
    counts = [len(image.channels) or size_of(image.pixels, image.axes, "c") for image in target.images]
    return {axis: size for axis, size in {**sizes, "c": max(counts, default=None)}.items() if size is not None}


def _sentence(s: ImageSet, axis: str, at: int, size: int, rows: list[int]) -> Misfit:
    ids = s.objects.frame["id"].gather(rows[:SHOWN]).to_list()
    inside = np.zeros(len(s.objects), bool)
    inside[rows] = True
    ends = s.connections.frame.select("parent", "child").to_numpy()
    tied = s.connections.frame["id"].filter(pl.Series(inside[ends].any(axis=1))) if len(ends) else s.connections.frame["id"]
    links = tied.len()
    name = {"t": "time point", "z": "z plane", "c": "channel"}[axis]
    listed, named = (", ".join(map(repr, some)) + (", ..." if count > SHOWN else "") for some, count in ((ids, len(rows)), (tied.head(SHOWN), links)))
    count = f"{len(rows):,} object{'' if len(rows) == 1 else 's'}"
    belong = f", with {links:,} connection{'' if links == 1 else 's'} ({named})," if links else ""
    where = f"at {name} {at + 1} of {size}" if at >= 0 else f"before the first {name}"
    return Misfit(f"{count}{belong} {'is' if len(rows) == 1 else 'are'} {where} (--map {NAMES[axis]}=...): {listed}", len(rows), links)
