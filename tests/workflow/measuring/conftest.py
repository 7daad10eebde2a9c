"""Images with their masks, and what they are measured with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

from segue.workflow.measuring.item import MeasureResult, measure_item
from segue.workflow.measuring.plan import plan_measure
from segue.workflow.measuring.task import task_of
from segue.workflow.recipe_measure import MeasureRecipe


@dataclass
class Cells:
    """Three cells on two channels, half a micrometre per pixel; the folder that holds them."""

    folder: Path
    image: np.ndarray
    mask: np.ndarray

    def measure(self, *outputs: str, overwrite: bool = False, **given) -> MeasureResult:
        """Measure ``cells.tif`` as the command does."""
        given = {"inputs": ("cells.tif",), "labels": "mask.tif", **given}
        recipe = MeasureRecipe(outputs=outputs or ("out.csv",), **given)
        (item,) = plan_measure(recipe).items
        return measure_item(item, overwrite, task_of(recipe))

    def table(self, name: str = "out.csv") -> pl.DataFrame:
        return pl.read_csv(name)


@pytest.fixture
def cells(tmp_path, monkeypatch) -> Cells:
    mask = np.zeros((30, 40), np.uint16)
    mask[2:10, 3:9], mask[10:20, 3:15], mask[22:28, 20:38] = 1, 4, 70
    image = np.random.default_rng(1).integers(0, 4000, (2, 30, 40)).astype(np.uint16)
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("mask.tif", mask)
    tifffile.imwrite("cells.tif", image, imagej=True, metadata={"axes": "CYX", "unit": "um"}, resolution=(2, 2))
    return Cells(tmp_path, image, mask)
