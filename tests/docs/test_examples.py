"""The examples of the README do what it says, in its order, in a folder that holds the files they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile

import segue as python
from segue.cli import main

README = Path(__file__).resolve().parents[2] / "README.md"


def blocks():
    """The indented blocks of the README's examples."""
    examples = README.read_text(encoding="utf-8").partition("## Eight examples")[2].partition("\n## ")[0]
    return [re.sub("^    ", "", block, flags=re.M).strip() for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", examples, re.M)]


def segue(line):
    """Run one command line and insist that it ends well."""
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    assert end.value.code == 0, line


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a mask, its image, a folder of two masks, and a ROI set."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[7:11, 8:12] = 1, 0
    mask[20:33, 25:45], mask[22:30, 27:40] = 2, 3
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for name in ("cells-mask.tif", "folder/one.tif", "folder/two.tif"):
        tifffile.imwrite(name, mask)
    tifffile.imwrite("cells.tif", np.uint8(200) * (mask > 0))
    segue("segue convert cells-mask.tif RoiSet.zip")
    return mask


def test_the_commands_of_the_readme(here, capsys):
    commands = [line for block in blocks() for line in block.splitlines() if line.startswith("segue ")]
    assert commands[0] == "segue convert folder/ out/ --to imagej-roi"
    for line in commands:
        segue(line)
    assert len(list(Path("out").glob("*.zip"))) == 2
    assert np.array_equal(tifffile.imread("cells-again.tif"), here)
    assert np.array_equal(tifffile.imread("labels.tif") > 0, here > 0)
    assert {path.suffix for path in Path().glob("cells.*")} == {".tif", ".geojson", ".csv", ".fcs", ".h5ad", ".segue", ".png", ".mantis", ".json"}
    assert [(one.name, one.colour) for one in python.read("cells.mantis").populations] == [(("Large",), 0xE69F00FF)]


def test_the_python_of_the_readme(here, capsys):
    (code,) = (block for block in blocks() if block.startswith("import segue"))
    exec(code, {})
    assert Path("rois.geojson").is_file()
    assert capsys.readouterr().out


GUIDE = README.parent / "docs" / "guide" / "first-steps.md"


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """The files that the guide talks about."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[20:33, 25:45] = 1, 2
    monkeypatch.chdir(tmp_path)
    Path("masks").mkdir()
    for name in ("cells-mask.tif", "masks/one.tif", "masks/two.tif"):
        tifffile.imwrite(name, mask)
    tifffile.imwrite("cells.tif", np.zeros(mask.shape, np.uint8))
    tifffile.imwrite("binary.tif", np.uint8(255) * (mask > 0))
    for name in ("RoiSet.zip", "rois.zip"):
        segue(f"segue convert cells-mask.tif {name}")


def commands(page):
    """The blocks of commands of a page."""
    return [block.strip() for block in re.findall(r"(?:^    segue .*\n)+", page.read_text(encoding="utf-8"), re.M)]


def short(block):
    return block.split("\n")[0].removeprefix("segue ").replace("/", "")


@pytest.mark.parametrize("block", commands(GUIDE), ids=short)
def test_the_commands_of_the_guide(prepared, capsys, block):
    for line in block.splitlines():
        segue(line.strip())


CELLPOSE = GUIDE.with_name("cellpose.md")


@pytest.fixture
def segmented(prepared):
    """What Cellpose leaves beside an image, and what comes back from QuPath."""
    for name in ("cells_seg.npy", "cells_cp_masks.tif", "cells_cp_outlines.txt", "edited.geojson"):
        segue(f"segue convert cells-mask.tif {name} --set role=labels")
    lines = Path("cells_cp_outlines.txt").read_text().splitlines()
    borders = [np.array(line.split(","), int).reshape(-1, 2) for line in lines]
    roifile.roiwrite("cells_rois.zip", [roifile.ImagejRoi.frompoints(border, name=str(label)) for label, border in enumerate(borders, 1)])


@pytest.mark.parametrize("block", commands(CELLPOSE), ids=short)
def test_the_commands_from_cellpose_to_fiji_and_qupath_and_back(segmented, capsys, block):
    for line in block.splitlines():
        segue(line.strip())


def test_the_way_from_cellpose_and_back_ends_where_it_began(segmented, capsys):
    segue("segue convert edited.geojson cells_edited_masks.tif --image cells.tif")
    assert np.array_equal(tifffile.imread("cells_edited_masks.tif"), tifffile.imread("cells-mask.tif"))
    segue("segue convert cells_cp_outlines.txt from-outlines.tif --image cells.tif")
    assert np.array_equal(tifffile.imread("from-outlines.tif"), tifffile.imread("cells-mask.tif"))
    segue("segue convert cells_rois.zip from-rois.tif --image cells.tif --set outlines=border")
    assert np.array_equal(tifffile.imread("from-rois.tif"), tifffile.imread("cells-mask.tif"))
