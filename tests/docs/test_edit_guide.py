"""The guide's page on editing does what it says, in its order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import COMMANDS, main
from segue.cli.edit import command as edit_command
from segue.cli.undo import command as undo_command

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "edit.md"
TEXT = GUIDE.read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


def run(line, capsys):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert end.value.code == 0, f"{line}\n{output.err}"
    return output.out


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A mask of three cells, the third in two parts; its ROI set; its study."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[3:17, 20:30], mask[20:33, 25:45], mask[36:39, 2:9] = 1, 2, 3, 3
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("cells-mask.tif", mask)
    run("segue convert cells-mask.tif cells-RoiSet.zip", capsys)
    run("segue convert cells-mask.tif cells.segue --set role=labels", capsys)
    return mask


def test_the_commands_of_the_guide(here, capsys):
    outputs = {line: run(line, capsys) for line in LINES}
    assert np.array_equal(tifffile.imread("merged.tif"), np.where(here == 2, 1, here))
    split = here.copy()
    split[36:39, 2:9] = 4
    assert np.array_equal(tifffile.imread("split.tif"), split)
    listed = outputs["segue undo cells.segue --list"]
    shown = TEXT.partition("prints\n\n")[2].partition("\n\n")[0]
    assert [line.split() for line in shown.splitlines()][2:] == [line.split() for line in listed.splitlines()][2:]
    with segue.read("cells.segue") as study:
        assert study.image_sets[0].objects.frame["name"].to_list() == ["first", None, None]


def test_the_python_of_the_guide(here, capsys):
    code = TEXT.partition("## In Python\n")[2]
    exec(re.sub("^    ", "", code, flags=re.M), {})
    assert Path("cells.geojson").is_file()
    assert np.array_equal(segue.read("cells.segue").image_sets[0].labels[0].pixels.read((slice(0, 40), slice(0, 50))), here)


@pytest.mark.parametrize("command", [edit_command, undo_command], ids=lambda command: command.name)
def test_the_examples_of_the_help(here, capsys, command):
    assert command.name in COMMANDS
    Path("cells-mask.tif").rename("keep.tif")
    mask = here.copy()
    tifffile.imwrite("cells-mask.tif", mask)
    run("segue edit cells-RoiSet.zip -s label:1 --rename 0001-0042 --overwrite", capsys)
    run("segue edit cells.segue -s label:3 --tag other", capsys)
    run("segue edit cells.segue -s label:3 --rename x", capsys)
    examples = [line.strip() for line in (command.help or "").splitlines() if line.strip().startswith("segue ")]
    assert len(examples) >= 2
    for line in examples:
        run(line, capsys)
