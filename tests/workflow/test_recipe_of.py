"""How a result was made, found again: beside it, in it, or in the record of its batch."""

import numpy as np
import pytest
import tifffile

import segue
from segue.workflow.recipe_of import recipe_of


@pytest.fixture
def batch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        tifffile.imwrite(tmp_path / name / f"{name}_mask.tif", np.arange(25, dtype=np.uint16).reshape(5, 5))
    return tmp_path


def test_the_record_of_a_batch_says_it_wherever_the_template_put_the_file(batch):
    segue.run({"task": "convert", "inputs": ["a/a_mask.tif", "b/b_mask.tif"], "output": "out/{nickname}/cells.geojson"})
    made = recipe_of(batch / "out" / "a_mask" / "cells.geojson") or recipe_of(batch / "out" / "a" / "cells.geojson")
    assert made is not None
    assert made.task == "convert"


def test_a_file_that_the_record_does_not_name_was_not_made_by_it(batch):
    segue.run({"task": "convert", "inputs": ["a/a_mask.tif", "b/b_mask.tif"], "output": "out/", "to": "qupath-geojson"})
    foreign = batch / "out" / "foreign.geojson"
    foreign.write_text('{"type": "FeatureCollection", "features": []}')
    assert recipe_of(foreign) is None
