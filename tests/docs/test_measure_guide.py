"""The guide's page on measuring does what it says, in its order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

from segue.cli import main
from segue.cli.measure import command as measure_command

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "measure.md"
TEXT = GUIDE.read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


def run(line, capsys):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert end.value.code == 0, f"{line}\n{output.err}"
    return output


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """The files that the guide talks about."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[3:17, 20:30], mask[20:33, 25:45] = 1, 2, 3
    image = np.random.default_rng(0).integers(0, 4000, (2, 40, 50)).astype(np.uint16)
    monkeypatch.chdir(tmp_path)
    for folder, what in (("images", image), ("masks", mask)):
        Path(folder).mkdir()
        for name in ("a", "b"):
            tifffile.imwrite(f"{folder}/{name}.tif", what, imagej=True, metadata={"axes": "CYX"[-what.ndim :], "unit": "um"}, resolution=(2, 2))
    Path("cells.tif").write_bytes(Path("images/a.tif").read_bytes())
    Path("cells-mask.tif").write_bytes(Path("masks/a.tif").read_bytes())
    Path("panel.csv").write_text("channel,name,keep\nPr141,CD3,1\nNd142,CD8,1\n")
    Path("gates.csv").write_text("label,populations\n1,T cell\n3,T cell;large\n")
    run("segue convert cells-mask.tif cells-RoiSet.zip", capsys)
    return image, mask


def test_the_commands_of_the_guide(here, capsys):
    outputs = {line: run(line, capsys) for line in LINES}
    table = pl.read_csv("cells.csv")
    assert table.columns[:5] == ["id", "label", "x", "y", "area"]
    assert pl.read_csv("physical.csv").columns[4:6] == ["area um^2", "feret um"]
    assert pl.read_csv("stated.csv")["area um^2"].to_list() == pytest.approx((table["area"] * 0.65**2).to_list())
    assert pl.read_csv("panel-named.csv").columns == pl.read_csv("named.csv").columns
    assert pl.read_csv("summary.csv").select("population", "objects").rows() == [(None, 3), ("T cell", 2), ("large", 1)]
    assert pl.read_csv("only_T_cell.csv")["label"].to_list() == [1, 3]
    assert pl.read_csv("all.csv")["image"].to_list() == ["a"] * 3 + ["b"] * 3
    assert sorted(path.name for path in Path("mantis").glob("cells*")) == ["cells.csv", "cells_T_cell.fcs", "cells_large.fcs", "cells_median.csv"]
    assert Path("mantis/cells.csv").read_text().splitlines()[-1].endswith(',34,26,"T cell,large"')
    assert {"cells_T_cell.fcs", "cells_large.fcs", "cells.columns.csv", "cells.xlsx"} <= {path.name for path in Path().iterdir()}
    assert "perimeter" in outputs["segue measure --list"].out


def test_the_python_of_the_guide(here, capsys):
    exec(re.sub("^    ", "", TEXT.partition("## In Python\n")[2], flags=re.M), {})
    assert "shape: (3, 4)" in capsys.readouterr().out


def test_the_examples_of_the_help(here, capsys):
    examples = [line.strip() for line in (measure_command.help or "").splitlines() if line.strip().startswith("segue ")]
    assert len(examples) >= 4
    for line in examples:
        run(line, capsys)


def test_the_guide_lists_every_preset():
    from segue.measure.presets import PRESETS

    assert re.findall(r"^\| `([\w-]+)` \|", TEXT, re.M) == [one.name for one in PRESETS]
