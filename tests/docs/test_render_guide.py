"""The guide's page on pictures does what it says, in its order; its picture is looked at, and made anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import segue
from segue.cli import main
from segue.model.study import Study

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/guide/render.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)
MAKER = "render_picture"


@pytest.fixture
def files(maker, tmp_path, monkeypatch):
    """The study of the guide's picture, its image and its segments as files, a ROI set of them, and a folder of images."""
    monkeypatch.chdir(tmp_path)
    study = maker.study()
    s = study.image_sets[0]
    segue.write(study, "study.segue")
    segue.write(Study((type(s)("", s.grid, images=s.images),)), "cells.tif")
    segue.write(Study((type(s)("", s.grid, labels=s.labels),)), "cells-labels.tif")
    segue.convert("cells-labels.tif", "cells-RoiSet.zip")
    for folder in ("images", "masks"):
        Path(folder).mkdir()
    for name in ("a", "b"):
        Path(f"images/{name}.tif").write_bytes(Path("cells.tif").read_bytes())
        segue.convert("cells-labels.tif", f"masks/{name}.png")
    return study


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_the_commands_of_the_guide(files, capsys):
    assert len(LINES) >= 9
    for line in LINES:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        output = capsys.readouterr()
        assert end.value.code == 0, f"{line}\n{output.err}"
    assert np.array_equal(opened("first.png"), opened("second.png"))
    assert opened("figure.png").shape == (400, 400, 3)
    assert opened("overlay.tif").shape == (160, 160, 3)
    assert {path.name for path in Path("pictures").glob("*.png")} == {"a.png", "b.png"}
    assert Path("out/tissue.png").exists()


def test_the_python_of_the_guide(files):
    code = TEXT.partition("## In Python\n")[2]
    names: dict = {}
    exec("\n".join(re.findall(r"^    (.*)$|^$", code, re.M)), names)
    assert names["picture"].shape == names["filled"].shape == (160, 160, 3)
    assert Path("python.png").exists()


def test_options_of_the_guide_exist():
    command = __import__("segue.cli.render", fromlist=["command"]).command
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) <= known | {"--image"}


def test_the_picture_is_what_is_rendered(maker):
    """Looked at on 2026-11-21. Letters may differ a little between versions of FreeType."""
    kept = opened(maker.TARGET).astype(int)
    side = kept.shape[0]
    for nth, panel in enumerate(maker.panels()):
        part = kept[:, nth * (side + maker.GAP) : nth * (side + maker.GAP) + side]
        assert (np.abs(part - panel).max(axis=2) > 40).mean() < 0.002, f"panel {nth + 1}"
