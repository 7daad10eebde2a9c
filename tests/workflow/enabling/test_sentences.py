"""What commands refuse is the sentence of the table, word for word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main
from segue.errors import Incompatible
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.workflow.enabling import reason


@pytest.fixture
def files(tmp_path, monkeypatch):
    """An image, a mask, lists of segments, a study without anything."""
    monkeypatch.chdir(tmp_path)
    mask = np.zeros((20, 20), np.uint16)
    mask[2:8, 2:8], mask[10:18, 4:9] = 1, 2
    tifffile.imwrite("mask.tif", mask)
    tifffile.imwrite("cells.tif", np.random.default_rng(0).random((20, 20), np.float32))
    Path("ids.csv").write_text("id,label,populations,area\n1,1,T cell,5\n")
    segue.write(Study((ImageSet("empty"),)), "empty.segue")
    return tmp_path


def main_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


EMPTY = Study((ImageSet("empty"),))


def test_measuring_without_a_segmentation(files):
    with pytest.raises(Incompatible) as caught:
        segue.measure("empty.segue")
    assert str(caught.value).startswith(reason("measure statistics", EMPTY))


def test_populations_for_an_image_set_without_segments(files):
    with pytest.raises(Incompatible) as caught, segue.read("empty.segue", populations="ids.csv"):
        pass
    assert str(caught.value) == reason("import populations csv", EMPTY)


def test_values_for_an_image_set_without_segments(files):
    with pytest.raises(Incompatible) as caught:
        segue.convert("empty.segue", "out.csv", table="ids.csv")
    assert str(caught.value) == reason("import features", EMPTY)


def test_pixels_of_nothing(files):
    with pytest.raises(Incompatible) as caught:
        segue.convert("empty.segue", "out.tif")
    assert str(caught.value) == reason("export images", EMPTY)


def test_a_picture_of_nothing(files):
    with pytest.raises(Incompatible) as caught:
        segue.render("empty.segue", "out.png")
    assert str(caught.value) == reason("render", EMPTY)


def test_pixels_in_another_form_of_nothing(files, capsys):
    assert main_code("export", "empty.segue", "--output", "out.tif") == 3
    assert reason("export pixels", EMPTY) in capsys.readouterr().err


def test_labels_from_a_file_without_any(files):
    with pytest.raises(Incompatible) as caught:
        segue.measure("cells.tif", "empty.segue")
    assert str(caught.value) == reason("measure shapes", EMPTY, where="empty.segue")


def test_segments_of_nothing(files):
    with pytest.raises(Incompatible) as caught:
        segue.segment("empty.segue")
    assert str(caught.value) == reason("segment", EMPTY)


def test_statistics_that_nobody_measured(files):
    listed = Study((ImageSet("empty", objects=Objects(pl.DataFrame({"id": ["1"], "label": [1]}))),))
    segue.write(listed, "listed.segue")
    with pytest.raises(Incompatible) as caught:
        segue.convert("listed.segue", "out.csv", to="mantis-statistics")
    assert str(caught.value) == reason("export statistics", listed)
    assert not Path("out.csv").exists()


def test_a_project_with_an_image_set_that_is_not_segmented_is_written(files):
    """Its image is not taken for a label image, as that of a file alone would be."""
    with segue.read("cells.tif") as image, segue.read("mask.tif", role="labels") as mask:
        (one,), (two,) = image.image_sets, mask.image_sets
        segue.write(Study((replace(one, name="a", labels=two.labels), replace(one, name="b"))), "project.segue")
    segue.convert("project.segue", "out.csv")
    assert pl.read_csv("out.csv").select("image", "label").rows() == [("a", 1), ("a", 2)]
