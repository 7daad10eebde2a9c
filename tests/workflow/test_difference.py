"""Two results are compared as what they mean, in whatever formats they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

import segue
from segue.model.features import Feature
from segue.workflow.difference import difference


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "mask.tif"
    array = np.zeros((20, 30), np.uint16)
    array[2:8, 3:9], array[10:16, 12:25] = 4, 9
    tifffile.imwrite(path, array)
    return path


def test_a_mask_equals_its_outlines_either_way_round(tmp_path, mask):
    for name in ("a-RoiSet.zip", "a.geojson", "a.segue"):
        segue.convert(mask, tmp_path / name, role="labels")
        assert difference(mask, tmp_path / name).equal, name
        assert difference(tmp_path / name, mask).equal, name


def test_one_pixel_more_is_a_difference(tmp_path, mask):
    segue.convert(mask, tmp_path / "a-RoiSet.zip")
    array = tifffile.imread(mask)
    array[0, 0] = 4
    tifffile.imwrite(tmp_path / "other.tif", array)
    assert difference(tmp_path / "other.tif", tmp_path / "a-RoiSet.zip").counts == {Feature.LABELS: 1}


def test_a_binary_mask_is_one_object_here(tmp_path):
    array = np.zeros((20, 30), np.uint8)
    array[2:8, 3:9] = array[10:16, 12:25] = 255
    tifffile.imwrite(tmp_path / "binary.tif", array)
    segue.convert(tmp_path / "binary.tif", tmp_path / "a.geojson", components=0)
    assert difference(tmp_path / "binary.tif", tmp_path / "a.geojson").equal


def test_a_name_that_changed_is_counted(tmp_path, mask):
    segue.convert(mask, tmp_path / "a.geojson")
    changed = json.loads((tmp_path / "a.geojson").read_text())
    changed["features"][1]["properties"]["name"] = "renamed"
    (tmp_path / "b.geojson").write_text(json.dumps(changed))
    assert difference(tmp_path / "a.geojson", tmp_path / "b.geojson").counts == {Feature.OBJECT_NAME: 1}
