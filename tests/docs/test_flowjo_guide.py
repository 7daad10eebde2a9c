"""The commands of the guide about FlowJo and scanpy, in its order; the gates between them are made as FlowJo would."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main
from segue.codecs.fcs_read import data_sets
from segue.codecs.fcs_write import Named, write_fcs
from segue.storage.source import Source

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "flowjo.md"
GATED = {"roi1": [1, 3], "roi2": [2]}


def commands():
    return re.findall(r"^    (segue .*)$", GUIDE.read_text(encoding="utf-8"), re.M)


def run(line):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    assert end.value.code == 0, line


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mask = np.zeros((20, 30), np.uint16)
    mask[2:8, 2:8], mask[2:8, 8:14], mask[12:18, 20:28] = 1, 2, 3
    for name in GATED:
        tifffile.imwrite(f"{name}.tif", np.random.default_rng(1).integers(0, 99, mask.shape).astype(np.uint16))
        tifffile.imwrite(f"{name}_mask.tif", mask)


def gate():
    """Selected, shuffled, renamed, without our keywords."""
    Path("gates").mkdir()
    for name, labels in GATED.items():
        one = data_sets(Source(Path(f"fcs/{name}.fcs")))[0]
        names = [channel.name for channel in one.layout.channels]
        events = one.array()[[label - 1 for label in reversed(labels)]]
        with Path(f"gates/export_{name}_T cells.fcs").open("wb") as file:
            write_fcs(file, [Named(f"FJComp-{title}") for title in names], events, {"$CYT": "FlowJo"})


def test_the_way_of_the_guide(here):
    out, *back = commands()
    run(out)
    gate()
    for line in back:
        run(line)
    for name, labels in GATED.items():
        study = segue.read(f"gated/{name}.geojson")
        assert study.populations[0].name == ("T cells",)
        s = study.image_sets[0]
        assert s.objects.frame["label"].gather(s.membership.frame["object"]).sort().to_list() == labels
    with segue.read("gated/roi1.segue") as study:
        assert [one.name for one in study.populations] == [("T cells",)]
    assert pl.read_csv("cells.csv").height == 6
