"""A study with a mask, regions, values and populations of every kind."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.rules import REGIONS, GateRule, Range, RegionRule, SetsRule
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table

SQUARE = [[4, 4], [14, 4], [14, 14], [4, 14]]
"""The region ``left``: it holds cells 1 and 2, half of cell 3 and a corner of cell 4."""


def mask() -> np.ndarray:
    """20 x 30 pixels: 1 and 2 inside the square, 3 across its right edge, 4 touches it, 9 far away."""
    found = np.zeros((20, 30), np.uint16)
    found[5:8, 5:8], found[9:12, 6:10], found[5:9, 11:17], found[13:18, 13:19], found[2:6, 22:28] = 1, 2, 3, 4, 9
    return found


def image_of(labels: np.ndarray) -> np.ndarray:
    """Intensities: ten times the number of the cell."""
    return (labels * 10).astype(np.float32)


def make(labels: np.ndarray | None = None, name: str = "field") -> ImageSet:
    """An image set with segments, one region, and a table of two columns."""
    labels = mask() if labels is None else labels
    numbers = np.unique(labels)[1:]
    objects = pl.DataFrame(
        {
            "id": ["left", *map(str, numbers)],
            "layer": [REGIONS, *["cells"] * len(numbers)],
            "label": [None, *numbers.tolist()],
            "name": ["Left", *[None] * len(numbers)],
        },
        schema_overrides={"label": pl.UInt64},
    )
    sizes = [float((labels == number).sum()) for number in numbers]
    table = pl.DataFrame({"row": np.arange(1, len(numbers) + 1), "area": sizes, "score": [None, *np.arange(1.0, len(numbers))]})
    return ImageSet(
        name,
        grid_of("yx", labels.shape),
        images=(Image(ArrayPixels(image_of(labels)), "yx", "CD3", ("CD3",)),),
        labels=(LabelImage(ArrayPixels(labels), "yx", "cells"),),
        objects=Objects(objects),
        shapes=Shapes(pl.DataFrame({"object": [0], "kind": ["polygon"]}), Rings.simple(SQUARE, [0, 4])),
        tables={"values": Table("objects", table, (Column("area", unit="px", measurement="area", layer="cells"), Column("score")))},
    )


def study_of(s: ImageSet) -> Study:
    """Populations of every kind; the list holds cells 2 and 9."""
    rows = {name: row for row, name in enumerate(s.objects.frame["id"])}
    members = Membership.of(pl.DataFrame({"population": ["list", "list"], "object": [rows["2"], rows["9"]]}, schema_overrides={"object": pl.Int32}))
    s = ImageSet(**{**vars(s), "membership": members})
    populations = (
        Population("list", ("Drawn on a plot",)),
        Population("region", ("Left",), rule=RegionRule(("left",))),
        Population("gate", ("Large",), "gate", rule=GateRule((Range("area", 12, None),))),
        Population("sets", ("Large, not left",), rule=SetsRule("difference", ("gate", "region"))),
        Population("child", ("Large and left",), "gate", rule=GateRule((Range("area", 12, 24),), parent="region")),
    )
    return Study((s,), populations)


@pytest.fixture
def study() -> Study:
    return study_of(make())


@pytest.fixture
def field() -> ImageSet:
    return make()
