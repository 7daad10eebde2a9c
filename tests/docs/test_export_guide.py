"""The guide's page on exports does what it says, in its order."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.cli import main
from segue.cli.export import command
from segue.workflow.exporting.container import container_of
from segue.workflow.exporting.template import ALLOWED

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/guide/export.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


@pytest.fixture
def scan(tmp_path, monkeypatch):
    """The stack of the guide's picture, and a folder of two."""
    monkeypatch.syspath_prepend(str(ROOT / "docs/generate"))
    drawing = __import__("export_picture")
    sys.modules.pop("export_picture")
    monkeypatch.chdir(tmp_path)
    Path("images").mkdir()
    for name in ("scan.tif", "images/one.tif", "images/scan.2023.01.tif"):
        drawing.write(Path(name))
    return drawing.stack()


def segue(line):
    """Run one command line; gives its exit code."""
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    return end.value.code


def test_the_commands_of_the_guide(scan, capsys):
    assert len(LINES) >= 7
    for line in LINES:
        code = segue(line)
        output = capsys.readouterr()
        assert code == 0, f"{line}\n{output.err}"
        if "--dry-run" in line:
            assert "float32 zcyx 3 x 2 x 110 x 110" in output.out
            assert not Path("out").exists()
    assert tifffile.imread("cut.tif").shape == (2, 2, 60, 60)
    planes = sorted(path.name for path in Path("planes").glob("*.png"))
    assert planes == ["scan_0.png", "scan_1.png", "scan_2.png"]
    assert np.array_equal(_picture("side/scan_41.png"), scan[:, 0, :, 41])
    assert sorted(path.name for path in Path("out").glob("*.h5")) == ["one.h5", "scan.2023.01.h5"]


def test_the_python_of_the_guide(scan):
    code = TEXT.partition("## In Python\n")[2]
    names: dict = {}
    exec("\n".join(re.findall(r"^    (.*)$|^$", code, re.M)), names)
    assert np.load("p.npy").shape == (3, 110, 110)


def test_the_tables_name_what_there_is():
    options = {text for one in command.params for text in one.opts}
    ours = "\n".join(row.split("|")[2] for row in TEXT.splitlines() if row.startswith("| `--") and row.count("|") == 4)
    assert set(re.findall(r"--[a-z-]+", ours)) <= options
    shown = set(re.findall(r"\{(\w+)\}", TEXT))
    assert shown <= set(ALLOWED)
    assert {one for one in ALLOWED if one[1:2] != "_"} <= shown


def test_formats_by_ilastiks_names():
    named = TEXT.partition("Formats have ilastik's names, too (")[2].partition(")")[0]
    for name in re.findall(r"`([^`]+)`", named):
        assert container_of(name, "x").record.blocks


def _picture(path):
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture)
