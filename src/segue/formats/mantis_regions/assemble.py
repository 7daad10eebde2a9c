"""Numbered regions as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.formats.mantis_files.pixels import masks_of
from segue.formats.mantis_files.terms import REGIONS
from segue.formats.mantis_files.to_model import PIXELS
from segue.model.grid import Axis, Grid
from segue.model.objects import Objects
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import RegionRule
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study


@dataclass(frozen=True)
class Region:
    """One region."""

    number: int
    """From 1; that of its pixels in the picture."""
    name: str
    pixels: Ints
    """y * width + x, ascending; at least one."""

    @property
    def id(self) -> str:
        return f"region-{self.number}"


def assembled(regions: Sequence[Region], height: int, width: int) -> Study:
    """A study with an object for each region, and a population that it selects; by number."""
    regions = sorted(regions, key=lambda one: one.number)
    populations = tuple(
        Population(one.id, (one.name,), number=one.number, rule=RegionRule((one.id,), PIXELS))  # type: ignore[arg-type]
        for one in regions
    )
    facts = {"id": [one.id for one in regions], "layer": [REGIONS] * len(regions), "name": [one.name for one in regions]}
    objects = Objects(pl.DataFrame(facts, schema={"id": pl.Utf8, "layer": pl.Utf8, "name": pl.Utf8}))
    frame = pl.DataFrame({"object": np.arange(len(regions), dtype=np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.MASK)))
    shapes = Shapes(frame, masks_of([one.pixels for one in regions], width)) if regions else Shapes.empty()
    return Study((ImageSet("", Grid((Axis("y", height), Axis("x", width))), objects=objects, shapes=shapes),), populations)
