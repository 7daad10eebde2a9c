"""The guide's page on Mantis Viewer does what it says, in its order; its picture is looked at, and made anew."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import segue
from segue.cli import main

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/guide/mantis.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)
MAKER = "mantis_picture"


@pytest.fixture
def project(maker, tmp_path, monkeypatch):
    """The project of the guide; without its database; and with its images in folders of their own."""
    monkeypatch.chdir(tmp_path)
    maker.project(Path("project"))
    shutil.copytree("project", "images", ignore=shutil.ignore_patterns(".mantisDb"))
    for name in ("roi1", "roi2"):
        (Path("deep") / name / "TIFs").mkdir(parents=True)
        for path in Path("images", name).iterdir():
            place = Path("deep", name, "cells.tif") if path.stem == "labels" else Path("deep", name, "TIFs", path.name)
            shutil.copyfile(path, place)


def test_the_commands_of_the_guide(project, capsys):
    assert len(LINES) >= 12
    for line in LINES:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        output = capsys.readouterr()
        assert end.value.code == 0, f"{line}\n{output.err}"
        if line == "segue inspect project":
            shown = TEXT.partition("what is missing where:\n")[2].partition("##")[0]
            assert all(row.strip() in output.out for row in shown.strip().splitlines())
    assert {path.stem for path in Path("statistics").glob("*.csv")} == {path.stem for path in Path("fcs").glob("*.fcs")} == {"roi1", "roi2"}
    assert [one.name[0] for one in segue.read("lymphocytes.mantis").populations][-1] == "Lymphocytes"
    assert [s.name for s in segue.read("roi2.segue").image_sets] == ["roi2"]
    for name in ("study2.segue", "study3.segue"):
        assert [(s.name, len(s.labels), s.images[0].channels[0]) for s in segue.read(name).image_sets] == [("roi1", 1, "CD20"), ("roi2", 1, "CD20")]


def test_the_picture_is_what_is_rendered(maker):
    """Looked at on 2026-11-21. Letters may differ a little between versions of FreeType."""
    with Image.open(maker.TARGET) as image:
        kept = np.asarray(image.convert("RGB")).astype(int)
    side = kept.shape[0]
    for nth, panel in enumerate(maker.panels()):
        part = kept[:, nth * (side + maker.GAP) : nth * (side + maker.GAP) + side]
        assert (np.abs(part - panel).max(axis=2) > 40).mean() < 0.002, f"panel {nth + 1}"
