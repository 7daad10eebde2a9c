"""The guide's page on segmenting does what it says, in its order."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main
from segue.measure.segmenting.threshold import METHODS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/guide/segment.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


@pytest.fixture
def picture(tmp_path, monkeypatch):
    """The image of the guide's picture, a stack of it, and a folder of two with a mask."""
    monkeypatch.syspath_prepend(str(ROOT / "docs/generate"))
    image = __import__("segment_picture").image()
    sys.modules.pop("segment_picture")
    monkeypatch.chdir(tmp_path)
    Path("images").mkdir()
    tifffile.imwrite("cells.tif", image)
    tifffile.imwrite("stack.tif", np.stack([image] * 3), imagej=True, metadata={"axes": "ZYX"})
    for name in ("one.tif", "two.tif", "one_mask.tif"):
        tifffile.imwrite(f"images/{name}", image)
    return image


def test_the_commands_of_the_guide(picture, capsys):
    assert len(LINES) >= 9
    for line in LINES:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        output = capsys.readouterr()
        assert end.value.code == 0, f"{line}\n{output.err}"
        if "again.tif" in line:
            assert re.search(r"objects are the values from \d+ \(otsu, ImageJ 1.53t\)", output.err)
            assert re.search(r"\d+ particles left out: at the edge of the image", output.err)
    assert pl.read_csv("cells.csv").height == tifffile.imread("again.tif").max() == 6
    assert tifffile.imread("cells-labels.tif").max() > 8
    assert tifffile.imread("planes.tif").max() == 3 * tifffile.imread("cells-labels.tif").max()
    assert tifffile.imread("volumes.tif").max() < tifffile.imread("cells-labels.tif").max()
    assert sorted(path.name for path in Path("out").glob("*.*")) == ["one-labels.tif", "one.csv", "two-labels.tif", "two.csv"]


def test_the_python_of_the_guide(picture):
    code = TEXT.partition("## In Python\n")[2]
    names: dict = {}
    exec("\n".join(re.findall(r"^    (.*)$|^$", code, re.M)), names)
    assert len(names["study"].image_sets[0].objects) > 5
    assert names["table"].height == names["labels"].max() > 10
    assert np.array_equal(names["image"].pixels.read((slice(0, 96), slice(0, 96))), picture)


def test_every_method_is_in_the_guide():
    assert all(f"`{method.name}`" in TEXT for method in METHODS)
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) <= {"--list"} | {
        option for parameter in __import__("segue.cli.segment", fromlist=["command"]).command.params for option in parameter.opts
    }


def test_the_picture_is_drawn_from_what_segment_finds(picture):
    chosen = segue.segment(picture, min_size=20, include_holes=True, exclude_edges=True)
    assert chosen.max() == 6
