"""A file that names segments by their numbers meets the label image that they are in."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible
from segue.workflow.convert import Item, Settings, convert_item
from segue.workflow.onto_labels import onto_labels
from segue.workflow.opening import open_path
from segue.workflow.pairing import find_pairs
from segue.workflow.recipe import ConvertRecipe

LABELS = np.zeros((30, 40), np.uint16)
LABELS[2:6, 2:6], LABELS[10:14, 4:8], LABELS[20:24, 30:34], LABELS[2:5, 30:38] = 45, 23, 300, 7
REGION = [0, 0, 12, 0, 12, 20, 0, 20]
ROWS = [
    {"id": "a", "renderOrder": 1, "selectedRegion": REGION, "selectedSegments": [45, 23], "name": "In", "color": 1, "visible": True},
    {"id": "b", "renderOrder": 2, "selectedRegion": None, "selectedSegments": [300, 23], "name": "Listed", "color": 2, "visible": False},
]


@pytest.fixture
def place(tmp_path):
    tifffile.imwrite(tmp_path / "cells.tif", LABELS)
    tifffile.imwrite(tmp_path / "raw.tif", np.arange(1200, dtype=np.uint16).reshape(30, 40))
    (tmp_path / "p.json").write_text(json.dumps(ROWS))
    return tmp_path


def converted(place, labels="cells.tif", source="p.json", **settings):
    result = convert_item(Item(place / source, place / "s.segue", labels=place / labels), Settings(overwrite=True, **settings))
    return segue.read(place / "s.segue"), [str(note) for note in result.notes]


def test_every_segment_is_an_object_in_the_order_of_the_labels_and_regions_stay(place):
    study, notes = converted(place)
    (s,) = study.image_sets
    assert s.objects.frame["label"].to_list() == [7, 23, 45, 300, None]
    assert s.objects.frame["id"].to_list() == ["7", "23", "45", "300", "a"]
    assert [image.name for image in s.labels] == ["labels"]
    members = s.membership.frame.select("population", s.objects.frame["label"].gather(s.membership.frame["object"]))
    assert members.rows() == [("a", 45), ("a", 23), ("b", 300), ("b", 23)]
    assert s.grid.shape == (30, 40)
    assert not [note for note in notes if note.startswith(("changed", "skipped", "lost"))]


def test_regions_that_fit_say_on_which_labels_the_lists_were_made(place):
    study, _ = converted(place)
    (s,) = study.image_sets
    assert set(s.membership.frame["labels"]) == {s.labels[0].fingerprint()}


def test_regions_that_fit_badly_are_said_with_both_numbers(place):
    wrong = np.zeros_like(LABELS)
    wrong[LABELS == 45], wrong[LABELS == 23], wrong[LABELS == 7], wrong[LABELS == 300] = 300, 7, 23, 45
    tifffile.imwrite(place / "other.tif", wrong)
    study, notes = converted(place, "other.tif")
    assert set(study.image_sets[0].membership.frame["labels"]) == {None}
    (bad,) = [note for note in notes if note.startswith("changed")]
    assert "list 2 segments and select 2" in bad
    assert "only 0 are the same" in bad


def test_without_regions_nothing_is_known_of_the_labels(place):
    (place / "p.json").write_text(json.dumps(ROWS[1:]))
    study, _ = converted(place)
    assert set(study.image_sets[0].membership.frame["labels"]) == {None}


def test_listed_segments_that_the_labels_do_not_have_are_counted(place):
    (place / "p.json").write_text(json.dumps([ROWS[1] | {"selectedSegments": [23, 400, 401]}]))
    study, notes = converted(place)
    assert study.image_sets[0].objects.frame["label"].to_list() == [7, 23, 45, 300]
    assert len(study.image_sets[0].membership) == 1
    assert "skipped: 2 segments of p.json that the labels do not have" in notes


def test_labels_of_another_image_are_refused(place):
    tifffile.imwrite(place / "other.tif", np.where(LABELS > 0, LABELS + 1000, 0).astype(np.uint16))
    with pytest.raises(Incompatible, match="none of the 3 segments"):
        converted(place, "other.tif")


def test_a_segmentation_in_the_file_is_not_replaced(place):
    rows = {"populations": ROWS, "segmentation": {"width": 40, "height": 30, "data": LABELS.ravel().tolist()}}
    (place / "p.json").write_text(json.dumps(rows))
    with pytest.raises(Incompatible, match=r"segue select --labels cells\.tif --refresh"):
        converted(place)


def test_labels_of_another_size_are_refused_with_both_sizes(place):
    tifffile.imwrite(place / "small.tif", LABELS[:20])
    with pytest.raises(Incompatible, match="30 and 20"):
        convert_item(Item(place / "p.json", place / "s.segue", place / "raw.tif", labels=place / "small.tif"), Settings())


def test_drawings_keep_their_order_and_what_they_have(place):
    segue.convert(place / "cells.tif", place / "cells.geojson")
    study, _ = converted(place, source="cells.geojson")
    (s,) = study.image_sets
    assert s.objects.frame["label"].to_list() == [7, 23, 45, 300]
    assert len(s.shapes) == 4
    assert pl.Series(s.objects.frame["layer"]).unique().to_list() == ["labels"]


def test_a_study_goes_back_with_the_fingerprint(place):
    study, _ = converted(place)
    convert_item(Item(place / "s.segue", place / "back.json"), Settings(to="mantis-json"))
    back = json.loads((place / "back.json").read_text())
    assert [{key: row[key] for key in ROWS[0]} for row in back] == ROWS
    assert {row["segue"]["labels"] for row in back} == {study.image_sets[0].labels[0].fingerprint()}


def test_members_that_carry_the_fingerprint_of_other_labels_are_said(place):
    converted(place)
    convert_item(Item(place / "s.segue", place / "ours.json"), Settings(to="mantis-json"))
    _, notes = converted(place, source="ours.json")
    assert not [note for note in notes if note.startswith("changed")]
    eroded = LABELS.copy()
    eroded[2, 2:6] = 0
    tifffile.imwrite(place / "eroded.tif", eroded)
    _, notes = converted(place, "eroded.tif", source="ours.json")
    assert [note for note in notes if note.startswith("changed: 4 members of populations (4 members of populations of ours.json were listed on another")]


def test_segments_of_two_layers_are_not_those_of_one_label_image(place):
    study = segue.read(place / "p.json")
    layers = pl.Series(["cells", "nuclei", "cells", "regions"])
    twice = study.map(lambda s: replace(s, objects=s.objects.with_columns(layer=layers, label=pl.Series([45, 45, 300, None], dtype=pl.UInt64))))
    with pytest.raises(Incompatible, match="cells, nuclei"):
        onto_labels(twice, open_path(place / "cells.tif"))


def test_python_reads_and_converts_with_labels(place):
    study = segue.read(place / "p.json", labels=place / "cells.tif", image=place / "raw.tif")
    assert study.image_sets[0].objects.frame["label"].to_list() == [7, 23, 45, 300, None]
    assert len(segue.convert(place / "p.json", place / "t.segue", labels=place / "cells.tif").refused) == 0
    assert segue.diff(study, place / "t.segue") == {}
    assert len(segue.read(place / "raw.tif", labels=place / "cells.tif").image_sets[0].objects) == 4


def test_planned_are_labels_beside_files_without_pixels(place):
    (pair,) = find_pairs([str(place / "p.json")], image=str(place / "raw.tif"), labels=str(place / "cells.tif"), joins_labels=True)
    assert (pair.source.name, pair.image.name, pair.labels.name) == ("p.json", "raw.tif", "cells.tif")
    (pair,) = find_pairs([str(place / "raw.tif")], labels=str(place / "cells.tif"), joins_labels=True)
    assert (pair.source.name, pair.image.name, pair.labels) == ("cells.tif", "raw.tif", None)
    (pair,) = find_pairs([str(place / "p.json")], labels=str(place / "no.tif"), joins_labels=True)
    assert "no label image" in pair.missing


def test_the_recipe_of_an_item_names_its_labels(place):
    recipe = ConvertRecipe(inputs=("*.json",), output="out/", labels="{nickname}.tif")
    item = Item(place / "p.json", place / "s.segue", labels=place / "cells.tif")
    assert recipe.for_item(item, place / "s.segue").labels == str(place / "cells.tif")
    assert recipe.for_item(Item(place / "p.json", place / "s.segue"), place / "s.segue").labels is None
