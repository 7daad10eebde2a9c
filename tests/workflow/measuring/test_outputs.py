"""Outputs: several at once, all or none, and what they cost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import InvalidOption, NotesRefused, SinkError, UsageError
from segue.model.image import ArrayPixels, LabelImage
from segue.notes import Kind
from segue.workflow.measuring.item import measure_item
from segue.workflow.measuring.plan import plan_measure
from segue.workflow.measuring.task import task_of
from segue.workflow.recipe_measure import MeasureRecipe


def test_a_table_loses_nothing_of_what_was_measured(cells):
    result = cells.measure(strict=True, statistics=("area", "mean", "x", "percentile 5"))
    assert not len(result.notes.refused)
    assert cells.table().columns == ["id", "label", "x", "y", "area", "channel 1 mean", "channel 2 mean", "channel 1 percentile 5", "channel 2 percentile 5"]


def test_values_in_single_precision_are_said_unless_another_output_has_them_whole(cells):
    lost = cells.measure("a.fcs").notes.refused
    assert "single precision" in str(lost.items[0])
    assert not len(cells.measure("b.fcs", "b.csv").notes.refused)
    with pytest.raises(NotesRefused):
        cells.measure("c.fcs", strict=True)
    assert not Path("c.fcs").exists()


def test_all_outputs_are_written_or_none(cells):
    Path("second.csv").write_text("mine")
    with pytest.raises(SinkError, match=r"second\.csv exists already"):
        cells.measure("first.csv", "second.csv")
    assert not Path("first.csv").exists()
    assert Path("second.csv").read_text() == "mine"


def test_a_study_holds_image_labels_and_values_and_can_be_measured_again(cells):
    cells.measure("cells.segue", statistics=("mean",))
    cells.measure("cells.segue", inputs=("cells.segue",), labels=None, statistics=("area",), overwrite=True)
    with segue.read("cells.segue") as study:
        (s,) = study.image_sets
        assert [one.name for one in s.tables["measurements"].columns] == ["channel 1 mean", "channel 2 mean", "area"]
        assert (len(s.images), len(s.labels), s.objects.frame["label"].to_list()) == (1, 1, [1, 4, 70])
    assert segue.measure(study, statistics=("area",))["area"].to_list() == [48, 120, 108]


def test_the_history_of_a_study_repeats_it(cells, tmp_path):
    cells.measure("sub/cells.segue", statistics=("mean",))
    with segue.read("sub/cells.segue") as study:
        (event,) = study.image_sets[0].history
    recipe = json.loads(event.recipe)
    assert (event.what, recipe["inputs"], recipe["labels"], recipe["outputs"]) == ("measure", ["../cells.tif"], "../mask.tif", ["cells.segue"])
    assert [name for name, checksum in event.inputs if len(checksum) == 64] == ["cells.tif", "mask.tif"]
    assert str(tmp_path) not in event.recipe


def test_outlines_go_along_where_the_format_has_them(cells):
    cells.measure("cells.geojson", statistics=("mean", "area"))
    with segue.read("cells.geojson") as study:
        (s,) = study.image_sets
        assert len(s.shapes) == len(s.objects) == 3
        assert s.tables["measurements"].frame["area"].to_list() == [48, 120, 108]


def test_missing_numbers_are_written_as_asked(cells):
    tifffile.imwrite("cells.tif", np.where(cells.mask == 4, np.nan, cells.image[0]).astype(np.float32))
    cells.measure(statistics=("median", "missing"), undefined="NA")
    assert cells.table()["missing"].to_list() == [0, 120, 0]
    with pytest.raises(InvalidOption, match="--undefined is for text tables"):
        cells.measure("a.fcs", undefined="NA")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"outputs": ("cells.tif",)}, "is measured, so it cannot be the output"),
        ({"outputs": ("a.csv", "a.csv")}, "named twice"),
        ({"outputs": ("{x}.csv",)}, "cannot be filled"),
        ({"outputs": ("a.csv",), "to": ("table", "fcs")}, "2 times for 1 outputs"),
        ({"outputs": ("{nickname}.csv",), "combine": True}, "has to be a file"),
        ({"outputs": ("a.geojson",), "combine": True}, "holds one image"),
        ({"outputs": ("a.csv",), "split_populations": ()}, r"a_\{population\}.csv"),
        ({"outputs": ("a_{population}.csv",)}, "--split-populations"),
        ({"outputs": ("a.csv",), "summary": "a.fcs"}, "has to end with .csv or .tsv"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(cells, given, sentence):
    with pytest.raises(UsageError, match=sentence):
        cells.measure(*given.pop("outputs"), **given)
    assert {one.name for one in cells.folder.iterdir()} == {"cells.tif", "mask.tif"}


def test_a_dictionary_says_what_the_columns_mean(cells):
    cells.measure("a.csv", "b.fcs", statistics=("mean", "area", "percentile 5", "angle"), channels=("CD3", "CD8"), dictionary=True, pixel_size="0.5um")
    assert Path("b.columns.csv").read_bytes() == Path("a.columns.csv").read_bytes()
    rows = {row["column"]: row for row in pl.read_csv("a.columns.csv").iter_rows(named=True)}
    assert list(rows) == ["CD3 mean", "CD8 mean", "area um^2", "CD3 percentile 5", "CD8 percentile 5", "angle"]
    assert (rows["area um^2"]["unit"], rows["CD8 mean"]["unit"], rows["angle"]["unit"]) == ("um^2", "value", "degrees")
    assert (rows["CD8 mean"]["channel"], rows["CD8 mean"]["measurement"], rows["CD8 mean"]["source"]) == ("CD8", "mean", "ImageJ 1.53t")
    assert "sum / number of pixels" in rows["CD3 mean"]["formula"]


def test_a_labels_file_whose_role_is_in_doubt_is_refused(cells):
    tifffile.imwrite("noise.tif", np.random.default_rng(0).integers(0, 4000, (30, 40)).astype(np.uint16))
    with pytest.raises(segue.SegueError, match="looks like an intensity image"):
        cells.measure(labels="noise.tif")
    assert cells.measure("forced.csv", labels="noise.tif", options={"role": "labels"}).objects > 100


def test_notes_say_what_was_assumed(cells):
    assert [note.kind for note in cells.measure().notes] == [Kind.ASSUMED]


def test_a_study_is_the_same_wherever_it_is_made(cells):
    """A batch that is resumed makes an item again elsewhere, and compares the bytes."""
    recipe = MeasureRecipe(inputs=("cells.tif",), labels="mask.tif", outputs=("out/cells.segue",))
    (item,) = plan_measure(recipe).items
    for one in (item, item.at((Path("elsewhere/deep/cells.segue"),))):
        measure_item(one, overwrite=False, task=task_of(recipe))
    files = [{path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()} for folder in ("out", "elsewhere/deep")]
    assert files[0] == files[1]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.fcs", "a.segue", "a.geojson", "a.txt"])
def test_a_mask_without_segments_gives_a_table_without_rows(cells, name):
    tifffile.imwrite("mask.tif", np.zeros_like(cells.mask))
    result = cells.measure(name, preset="imagej" if name == "a.txt" else None, dictionary=True, strict=True)
    assert result.objects == 0
    with segue.read(name) as study:
        assert all(len(s.objects) == 0 for s in study.image_sets)


def test_only_what_was_measured_goes_into_a_table(cells):
    """A study with cells and nuclei, of which only the nuclei are measured."""
    cells.measure("both.segue", statistics=("area",))
    with segue.read("both.segue") as study:
        (s,) = study.image_sets
        nuclei = LabelImage(ArrayPixels((cells.mask == 4).astype(np.uint8)), "yx", "nuclei")
        segue.write(segue.Study((replace(s, labels=(*s.labels, nuclei), tables={}),)), "layers.segue")
    cells.measure("nuclei.csv", "nuclei.geojson", inputs=("layers.segue",), labels=None, layer="nuclei", statistics=("area",))
    assert cells.table("nuclei.csv").select("label", "area").rows() == [(1, 120)]
    with segue.read("nuclei.geojson") as found:
        assert len(found.image_sets[0].objects) == 1


def test_what_lies_beside_a_study_is_not_about_it(cells):
    """A study holds its own segments; a mask that is named after it does not replace them."""
    cells.measure("cells.segue", statistics=("area",))
    tifffile.imwrite("cells-mask.tif", np.where(cells.mask == 4, 9, 0).astype(np.uint16))
    cells.measure("again.csv", inputs=("cells.segue",), labels=None, statistics=("area",))
    assert cells.table("again.csv")["label"].to_list() == [1, 4, 70]
