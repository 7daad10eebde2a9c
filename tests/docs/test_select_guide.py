"""The guide's page on selecting does what it says, in its order."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import main
from segue.cli.select import command

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "select.md"
TEXT = GUIDE.read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


def run(line, capsys):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert end.value.code == 0, f"{line}\n{output.err}"
    return output.out


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An image of nine cells, their mask and its successor, in which they are numbered backwards; a drawn region."""
    monkeypatch.chdir(tmp_path)
    mask = np.zeros((30, 40), np.uint16)
    for number, (y, x, height, width) in enumerate(
        [(2, 2, 3, 3), (2, 8, 4, 4), (3, 14, 5, 4), (10, 3, 4, 4), (12, 12, 6, 7), (20, 4, 3, 4), (20, 14, 5, 5), (5, 28, 4, 6), (20, 28, 4, 4)], 1
    ):
        mask[y : y + height, x : x + width] = number
    tifffile.imwrite("cells-mask.tif", mask)
    tifffile.imwrite("cells.tif", (mask * 10).astype(np.float32))
    tifffile.imwrite("new-mask.tif", np.where(mask, 10 - mask, 0).astype(np.uint16))
    ring = [[1, 1], [10, 1], [10, 16], [1, 16], [1, 1]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"objectType": "annotation", "name": "Tumour"}}
    Path("tumour.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    for folder in ("images", "masks"):
        Path(folder).mkdir()
        for name in ("a", "b"):
            Path(f"{folder}/{name}.tif").write_bytes(Path("cells.tif" if folder == "images" else "cells-mask.tif").read_bytes())


def table(text):
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if not line.strip().startswith("---")]


def test_the_commands_of_the_guide(here, capsys):
    outputs = {line: run(line, capsys) for line in LINES}
    shown = [part.partition("\n\n")[0] for part in TEXT.split("prints\n\n")[1:]]
    assert len(shown) == 2
    region, changed = (next(line for line in LINES if wanted in line and "--dry-run" not in line) for wanted in ("--by majority", "--labels new-mask.tif"))
    assert table(shown[0]) == table(outputs[region])
    for row in table(shown[1]):
        assert row in table(outputs[changed])
    with segue.read("out/a.segue") as study:
        assert study.image_sets[0].membership.frame.height == 6


def test_the_python_of_the_guide(here, capsys):
    run(LINES[0], capsys)
    code = TEXT.partition("## In Python\n")[2]
    exec(re.sub("^    ", "", code, flags=re.M), {})
    assert "Large" in capsys.readouterr().out
    with segue.read("cells.segue") as study:
        assert not study.populations, "undone"


def test_the_examples_of_the_help(here, capsys):
    run(LINES[0], capsys)
    run("segue convert tumour.geojson RoiSet.zip", capsys)
    examples = [line.strip() for line in (command.help or "").splitlines() if line.strip().startswith("segue ")]
    assert len(examples) >= 4
    for line in examples:
        run(line.replace("cells-mask", "new-mask") if "--refresh" in line else line, capsys)
