"""The guide "Saving the outputs of an analysis": its commands, in order, and what it says about their results."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "output-saving.md"
REFUSED = "shapes-labels.jpg"


def commands():
    return re.findall(r"^    (segue .*)$", GUIDE.read_text(encoding="utf-8"), re.M)


def made():
    """Seven shapes; the last but one in the order of their first pixels has 1716 pixels."""
    image = np.zeros((200, 200), np.uint8)
    for top, left, height, width in (
        (5, 10, 20, 30),
        (8, 100, 25, 31),
        (60, 20, 18, 22),
        (70, 120, 30, 30),
        (150, 100, 44, 39),
        (151, 20, 20, 20),
        (160, 160, 9, 7),
    ):
        image[top : top + height, left : left + width] = 255
    return image


@pytest.fixture
def here(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "shapes.tif", made())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def do(line, code=0):
    with pytest.raises(SystemExit) as end:
        main(line.split()[1:])
    assert end.value.code == code, line


def test_every_command_in_its_order(here, capsys):
    for line in commands():
        do(line, 2 if REFUSED in line else 0)
    assert not Path(REFUSED).exists()
    assert Path("shapes-results.txt").read_bytes() == Path("again/shapes-results.txt").read_bytes()
    assert len(segue.read("cleaned-labels.tif", role="labels").image_sets) == 1


def test_the_recipe_gives_the_same_bytes(here, capsys):
    do(commands()[0])
    files = [Path(name) for name in ("shapes-labels.tif", "shapes-RoiSet.zip", "shapes-results.txt")]
    before = [path.read_bytes() for path in files]
    for path in files:
        path.unlink()
    do("segue run shapes.json --overwrite")
    assert [path.read_bytes() for path in files] == before


@pytest.mark.golden
def test_the_numbers_of_the_training_module(here, golden, capsys):
    shutil.copy(golden / "neubias/xy_8bit_binary_randomshapes.tif", here / "shapes.tif")
    for line in commands():
        do(line, 2 if REFUSED in line else 0)
    table = pl.read_csv("shapes-results.txt", separator="\t")
    assert table["Area"].to_list() == [865, 793, 737, 961, 402, 778]
    assert np.unique(tifffile.imread("shapes-labels.tif")).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert len(segue.read("shapes-RoiSet.zip").image_sets[0].objects) == 6
    capsys.readouterr()
    do("segue diff all/shapes-results.txt shapes-results.txt")
    (said,) = re.findall(r"```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert capsys.readouterr().out == said


@pytest.mark.golden
def test_the_files_of_the_training_module_written_by_imagej(here, golden, capsys):
    """golden/imagej/neubias_activity: what ImageJ 1.53t itself saved of this activity."""
    shutil.copy(golden / "imagej/randomshapes.tif", here / "shapes.tif")
    do("segue segment shapes.tif --threshold imagej-default --max-size 1000 -o labels.tif -o RoiSet.zip -o results.csv --preset imagej --set decimals=3")
    theirs = golden / "imagej/neubias_activity"
    assert np.array_equal(tifffile.imread("labels.tif"), tifffile.imread(theirs / "shapes_labels.tif"))
    ours, expected = pl.read_csv("results.csv"), pl.read_csv(theirs / "shapes_results.csv")
    assert ours.select(expected.columns).equals(expected)
