"""Joining tables: by id or label, whatever the order of rows; what has no partner is counted."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, InvalidOption
from segue.workflow.convert import Item, Settings, convert_item
from segue.workflow.recipe import ConvertRecipe, read_recipe, recipe_bytes

LABELS = np.zeros((8, 12), np.uint16)
LABELS[1:3, 1:3], LABELS[4:6, 1:4], LABELS[1:4, 6:9], LABELS[6, 6:8] = 2, 7, 30, 129


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "cells_mask.tif"
    tifffile.imwrite(path, LABELS)
    return path


@pytest.fixture
def table(tmp_path):
    def making(text, name="cells.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return making


def values(study, column, name="measurements"):
    s = study.image_sets[0]
    held = s.tables[name]
    return dict(zip(s.objects.frame["label"].gather(held.frame["row"]), held.frame[column], strict=True))


@pytest.mark.parametrize("header", ["label", "CellID", "id", "Object ID"])
def test_values_follow_labels_with_gaps_in_any_order(mask, table, header):
    study = segue.read(mask, table=table(f"{header},area\n129,2\n7,6\n2,4\n30,9\n"))
    assert values(study, "area") == {2: 4, 7: 6, 30: 9, 129: 2}
    assert study.image_sets[0].labels


def test_the_column_can_be_named(mask, table):
    study = segue.read(mask, table=table("number,area\n129,2\n7,6\n"), label="number")
    assert values(study, "area") == {7: 6, 129: 2}


def test_what_has_no_partner_is_counted(mask, table, tmp_path):
    item = Item(mask, tmp_path / "out.csv", table=table("label,area\n129,2\n7,6\n500,1\n501,1\n502,1\n"))
    notes = [str(note) for note in convert_item(item, Settings()).notes]
    assert "skipped: 3 rows of cells.csv without an object" in notes
    assert "skipped: 2 objects without a row in cells.csv: the values are missing" in notes
    written = pl.read_csv(tmp_path / "out.csv")
    assert dict(written.select("label", "area").iter_rows()) == {2: None, 7: 6, 30: None, 129: 2}


def test_the_numbers_of_imagejs_rows_are_labels_when_told(golden):
    folder = golden / "imagej"
    with pytest.raises(Incompatible, match="numbers=labels"):
        segue.read(folder / "blobs_labels.tif", table=folder / "blobs_results.csv")
    study = segue.read(folder / "blobs_labels.tif", table=folder / "blobs_results.csv", numbers="labels")
    areas = values(study, "Area")
    labels, counts = np.unique(tifffile.imread(folder / "blobs_labels.tif"), return_counts=True)
    assert areas == dict(zip(labels[1:].tolist(), counts[1:].tolist(), strict=True))


test_the_numbers_of_imagejs_rows_are_labels_when_told = pytest.mark.golden(test_the_numbers_of_imagejs_rows_are_labels_when_told)


def test_repeated_ids_and_labels_are_named(mask, table):
    with pytest.raises(Incompatible, match="several rows for the label 7, 2; a table that is joined has one row per object"):
        segue.read(mask, table=table("label,area\n7,1\n2,1\n7,2\n2,3\n30,1\n"))
    with pytest.raises(Incompatible, match="several rows for the id a"):
        segue.read(mask, table=table("id,label,area\na,7,1\na,2,1\n"))


def test_a_table_about_something_else_is_refused(mask, table):
    with pytest.raises(Incompatible, match=r"no row of cells.csv belongs to an object: its ids are x, y, .*--set id=COLUMN"):
        segue.read(mask, table=table("id,area\nx,1\ny,2\n"))


def test_of_several_images_the_one_of_the_same_name_is_taken(mask, table):
    text = "image,label,area\nother.tif,7,1\ncells_mask.tif,7,2\ncells_mask.tif,30,3\n"
    assert values(segue.read(mask, table=table(text)), "area") == {7: 2, 30: 3}
    with pytest.raises(Incompatible, match="is about 2 images"):
        segue.read(mask, table=table("image,label,area\na,7,1\nb,7,2\n"))


def test_labels_of_several_times_need_a_time(tmp_path, table):
    path = tmp_path / "movie_mask.ome.tif"
    frames = np.stack([LABELS, np.roll(LABELS, 1, axis=1)])
    segue.write(segue.read(_movie(path, frames)), tmp_path / "s.segue")
    with pytest.raises(Incompatible, match="label 2 is at several time points"):
        segue.read(path, table=table("label,area\n2,1\n7,2\n"), role="labels")
    study = segue.read(path, table=table("label,t,area\n2,1,1\n7,0,2\n"), role="labels")
    s = study.image_sets[0]
    rows = s.objects.frame[s.tables["measurements"].frame["row"]]
    assert rows.select("label", "t").rows() == [(7, 0), (2, 1)]


def _movie(path, frames):
    tifffile.imwrite(path, frames, metadata={"axes": "TYX"})
    return path


def test_populations_and_names_come_along(mask, table):
    study = segue.read(mask, table=table('label,name,populations\n129,last,"T cells;large"\n7,,large\n'))
    s = study.image_sets[0]
    assert [one.name for one in study.populations] == [("T cells",), ("large",)]
    named = dict(zip(s.objects.frame["label"], s.objects.frame["name"], strict=True))
    assert named == {2: None, 7: None, 30: None, 129: "last"}
    members = {(str(p), s.objects.frame["label"][o]) for p, o in s.membership.frame.select("population", "object").rows()}
    assert members == {("T cells", 129), ("large", 129), ("large", 7)}


def test_outlines_get_values_by_their_ids(mask, table, tmp_path):
    segue.convert(mask, tmp_path / "cells.geojson")
    segue.convert(tmp_path / "cells.geojson", tmp_path / "joined.geojson", table=table("id,CD3\n30,0.5\n2,1.5\n"))
    back = segue.read(tmp_path / "joined.geojson")
    assert values(back, "CD3") == {2: 1.5, 30: 0.5, 7: None, 129: None} or values(back, "CD3") == {2: 1.5, 30: 0.5}


def test_a_folder_takes_the_table_beside_each_mask(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for nth, name in enumerate("ab"):
        tifffile.imwrite(folder / f"{name}_mask.tif", LABELS)
        (folder / f"{name}_cells.csv").write_text(f"label,number\n7,{nth}\n", encoding="utf-8")
    segue.convert(folder, f"{out}/", to="qupath-geojson", table="{dataset_dir}/{nickname}_cells.csv")
    found = {path.stem: values(segue.read(path), "number")[7] for path in out.iterdir()}
    assert found == {"a": 0, "b": 1}


def test_a_recipe_carries_the_table(tmp_path):
    recipe = ConvertRecipe(inputs=("a.tif",), output="b.csv", table="{nickname}.csv")
    path = tmp_path / "recipe.json"
    path.write_bytes(recipe_bytes(recipe))
    assert json.loads(path.read_bytes())["table"] == "{nickname}.csv"
    assert read_recipe(path) == recipe


def test_an_option_that_belongs_to_nobody_is_refused(mask, table):
    with pytest.raises(InvalidOption, match="no such option"):
        segue.read(mask, table=table("label,area\n7,1\n"), nonsense=1)
