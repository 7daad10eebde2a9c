"""The guide's page on images does what it says, in its order."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segue.cli import main

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "images.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = np.zeros((32, 40), np.uint16)
    cells[2:9, 3:12], cells[15:25, 20:30] = 1, 2
    grey = np.arange(32 * 40, dtype=np.uint16).reshape(32, 40)
    for folder in ("tissue", "project/one", "project/two"):
        Path(folder).mkdir(parents=True)
        for nth, name in enumerate(("CD3", "CD8", "DAPI")):
            tifffile.imwrite(f"{folder}/{name}.tif", grey + nth)
        tifffile.imwrite(f"{folder}/segmentation.tif", cells)
    tifffile.imwrite("other-cells.tif", (cells == 2).astype(np.uint8))
    tifffile.imwrite("cells.tif", grey)
    tifffile.imwrite("cells-labels.tif", cells)
    picture = Pillow.new("P", cells.shape[::-1])
    picture.putdata((5 + 100 * cells).reshape(-1).tolist())
    picture.putpalette([shade for shade in range(255, -1, -1) for _ in range(3)])
    picture.save("blobs.gif", optimize=False)


def rows(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_guide(here, capsys):
    said = {}
    for line in LINES:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        assert end.value.code == 0, f"{line}\n{capsys.readouterr().err}"
        said[line] = capsys.readouterr().out
    assert "channels CD3, CD8, DAPI" in said["segue inspect tissue"]
    assert [row["label"] for row in rows("tissue.csv")] == ["1", "2"]
    assert float(rows("tissue.csv")[0]["CD8 mean"]) == float(rows("tissue.csv")[0]["CD3 mean"]) + 1
    assert len(rows("other.csv")) == 1
    assert sorted(path.name for path in Path("tables").glob("*.csv")) == ["one.csv", "two.csv"]
    assert "uint16" in said["segue inspect cells.ome.zarr"]
    assert [row["area"] for row in rows("cells.csv")] == ["63", "100"]
    assert Path("old.ome.zarr/labels/labels/0/.zarray").is_file()
    assert np.unique(tifffile.imread("blobs-labels.tif")).tolist() == [0, 1, 2]
