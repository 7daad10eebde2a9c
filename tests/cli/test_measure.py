"""``segue measure`` as a user meets it."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import tifffile


@pytest.fixture
def cells(tmp_path):
    """An image of two channels and a mask of three cells."""
    mask = np.zeros((30, 40), np.uint16)
    mask[2:10, 3:9], mask[12:20, 5:15], mask[22:28, 20:38] = 1, 4, 9
    image = np.random.default_rng(1).integers(0, 4000, (2, 30, 40)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "cells.tif", image, metadata={"axes": "CYX"})
    tifffile.imwrite(tmp_path / "cells_mask.tif", mask)
    return image, mask


def test_an_image_and_its_mask_become_a_table(segue_command, cells, tmp_path):
    image, mask = cells
    done = segue_command("measure", "cells.tif", "--labels", "cells_mask.tif", "-o", "cells.csv", "--statistics", "mean,area")
    assert done.returncode == 0, done.stderr
    assert "wrote cells.csv (3 objects" in done.stdout
    table = pl.read_csv(tmp_path / "cells.csv")
    assert table.columns == ["id", "label", "x", "y", "channel 1 mean", "channel 2 mean", "area"]
    assert table["label"].to_list() == [1, 4, 9]
    assert table["channel 2 mean"].to_list() == pytest.approx([image[1][mask == one].mean() for one in (1, 4, 9)])


def test_the_mask_beside_the_image_is_found_by_its_name(segue_command, cells):
    done = segue_command("measure", "cells.tif", "-o", "cells.csv")
    assert done.returncode == 0, done.stderr


def test_what_is_missing_is_said_in_one_sentence(segue_command, cells):
    wrong = segue_command("measure", "cells.tif", "--labels", "nothing.tif", "-o", "cells.csv")
    assert wrong.returncode == 1
    assert "no label image nothing.tif" in wrong.stderr
    assert segue_command("measure", "cells.tif", "-o", "cells.csv", "--statistics", "meen").returncode == 2
    nothing = segue_command("measure", "cells.tif")
    assert nothing.returncode == 2
    assert "segue measure IMAGE --labels LABELS -o OUT" in nothing.stderr


def test_a_saved_recipe_gives_the_same_bytes(segue_command, cells, tmp_path):
    first = segue_command("measure", "cells.tif", "-o", "cells.csv", "-o", "cells.fcs", "--save-recipe", "recipe.json")
    assert first.returncode == 0, first.stderr
    assert json.loads((tmp_path / "recipe.json").read_text())["inputs"] == ["cells.tif"]
    before = [(tmp_path / name).read_bytes() for name in ("cells.csv", "cells.fcs")]
    again = segue_command("run", "recipe.json", "--overwrite")
    assert again.returncode == 0, again.stderr
    assert [(tmp_path / name).read_bytes() for name in ("cells.csv", "cells.fcs")] == before


def test_everything_that_can_be_measured_is_listed(segue_command):
    listed = json.loads(segue_command("measure", "--list", "--json").stdout)
    assert {"name", "unit", "dimensions", "formula", "source"} <= set(listed[0])
    assert {"mean", "area", "perimeter", "percentile N"} <= {one["name"] for one in listed}
