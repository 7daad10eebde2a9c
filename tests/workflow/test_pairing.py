"""Files that belong together are found by name, never by position."""

from __future__ import annotations

import pytest

from segue.errors import NotFound, UsageError
from segue.formats.catalog import FORMATS
from segue.formats.detect import Candidate
from segue.formats.format import Evidence
from segue.workflow.pairing import files_of, find_pairs, mask_of


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"")
        return tmp_path

    return make


def told(pairs):
    return [(pair.name, pair.source and pair.source.name, pair.image and pair.image.name, pair.missing) for pair in pairs]


@pytest.mark.parametrize("ending", ["_cp_masks.png", "_mask.tif", "_labels.tiff", "-labels.npy", "_Segmentation.tif", "_seg.tif"])
def test_masks_are_known_by_the_endings_of_well_known_tools(tmp_path, ending):
    assert mask_of(tmp_path / f"roi 1{ending}") == "roi 1"


def test_records_of_earlier_batches_fit_a_pattern_only_when_it_names_them(folder):
    place = folder("raw/a/a.json", "raw/segue-job/plan.json", "raw/segue-job/recipe.json")
    assert files_of(f"{place}/raw/*/*.json") == [place / "raw/a/a.json"]
    assert files_of(f"{place}/raw/segue-job/p*.json") == [place / "raw/segue-job/plan.json"]
    with pytest.raises(NotFound, match="no file fits the pattern"):
        files_of(f"{place}/raw/*/plan.json")


@pytest.mark.parametrize("name", ["cells.tif", "_mask.tif", "mask.tif", "unmasked.tif"])
def test_other_names_are_not_masks(tmp_path, name):
    assert mask_of(tmp_path / name) is None


def test_each_image_is_paired_with_the_mask_that_is_named_after_it(folder):
    place = folder("b.tif", "a.tif", "b_mask.tif", "c.tif", "a_mask.tif", ".hidden.tif", "notes.txt")
    pairs = find_pairs([str(place)])
    assert told(pairs) == [("a", "a_mask.tif", "a.tif", ""), ("b", "b_mask.tif", "b.tif", ""), ("c", None, "c.tif", "no mask")]


def test_masks_without_images_are_items_too(folder):
    assert told(find_pairs([str(folder("a_mask.tif", "b_mask.tif"))])) == [("a", "a_mask.tif", None, ""), ("b", "b_mask.tif", None, "")]


def test_a_folder_that_is_of_a_format_as_a_whole_is_one_item(tmp_path, monkeypatch):
    place = tmp_path / "run_7"
    place.mkdir()
    (place / "cells.tif").write_bytes(b"")
    sure = [Candidate(FORMATS["steinbock"], Evidence(94, "it is"))]
    monkeypatch.setattr("segue.workflow.pairing.candidates", lambda source: sure if source.path == place else [])
    assert told(find_pairs([str(place)])) == [("run_7", "run_7", None, "")]


def test_of_several_files_with_the_segments_of_an_image_the_pixels_are_taken(folder):
    place = folder("a.tif", "a_seg.npy", "a_cp_masks.png", "a_rois.zip", "a_cp_outlines.txt")
    (pair,) = find_pairs([str(place)])
    assert told([pair]) == [("a", "a_cp_masks.png", "a.tif", "")]
    assert [file.name for file in pair.unused] == ["a_seg.npy", "a_rois.zip", "a_cp_outlines.txt"]


def test_companions_are_named_by_a_template(folder):
    place = folder("one/a.zip", "one/b.zip", "images/a.tif")
    pairs = find_pairs([str(place / "one")], image=str(place / "images" / "{nickname}.tif"))
    assert told(pairs) == [("a", "a.zip", "a.tif", ""), ("b", "b.zip", "b.tif", f"no image {place / 'images' / 'b.tif'}")]


def test_a_template_may_hold_a_pattern_that_fits_one_file(folder):
    place = folder("x.tif", "masks/x_0001.png", "masks/x_0002.png")
    assert told(find_pairs([str(place / "x.tif")], labels="{dataset_dir}/masks/{nickname}_*1.png")) == [("x", "x_0001.png", "x.tif", "")]
    with pytest.raises(UsageError, match="fits 2 files"):
        find_pairs([str(place / "x.tif")], labels="{dataset_dir}/masks/{nickname}_*.png")


def test_an_unknown_placeholder_is_explained(folder):
    with pytest.raises(UsageError, match="nickname"):
        find_pairs([str(folder("x.tif"))], labels="{stem}.png")


def test_what_does_not_exist_is_said(tmp_path):
    for given in (tmp_path / "no.tif", tmp_path / "*.tif", tmp_path):
        with pytest.raises(NotFound):
            find_pairs([str(given)])
