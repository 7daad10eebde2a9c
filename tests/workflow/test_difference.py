"""Two results are compared as what they mean, in whatever formats they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import main
from segue.model.features import Feature
from segue.workflow.difference import difference
from segue.workflow.recipe import ConvertRecipe, recipe_bytes


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


def test_results_that_carry_their_recipe_are_compared_with_their_settings(tmp_path, mask):
    for name, holes in (("a", "keep"), ("b", "fill")):
        segue.convert(mask, tmp_path / f"{name}.geojson", role="labels")
        recipe = ConvertRecipe(inputs=(f"{name}.tif",), output=f"{name}.geojson", holes=holes, options={"role": "labels"})
        (tmp_path / f"{name}.geojson.recipe.json").write_bytes(recipe_bytes(recipe))
    found = difference(tmp_path / "a.geojson", tmp_path / "b.geojson")
    assert found.settings == {"holes": ("keep", "fill")}
    assert (found.rows.both, found.rows.equal) == (2, True)


def test_two_recipes_differ_in_their_places_too(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.json").write_bytes(recipe_bytes(ConvertRecipe(inputs=("x.tif",), output=f"{name}.zip", options={"role": name})))
    found = difference(tmp_path / "a.json", tmp_path / "b.json")
    assert found.settings == {"output": ("a.zip", "b.zip"), "options.role": ("a", "b")}


def test_the_command_names_what_one_side_lacks(tmp_path, mask, capsys):
    segue.convert(mask, tmp_path / "a.geojson", role="labels")
    array = tifffile.imread(mask)
    array[array == 4] = 0
    array[array == 9] = 1
    tifffile.imwrite(tmp_path / "b.tif", array)
    with pytest.raises(SystemExit):
        main(["diff", str(tmp_path / "a.geojson"), str(tmp_path / "b.tif")])
    assert capsys.readouterr().out.startswith("segments: 1 in both, 1 only in A (label 4, area 36)\n")
