"""Populations of Mantis Viewer and their segmentation on the command line."""

from __future__ import annotations

import json

import pytest


@pytest.mark.golden
def test_real_populations_meet_the_real_segmentation_and_come_back(golden, segue_command, tmp_path):
    one, made = golden / "mantis/test/files/project/set_one", golden / "mantis/generated/populations_D_v1.0.json"
    done = segue_command("convert", made, "s.segue", "--image", one / "cd4.tif", "--labels", one / "segmentation.tif")
    assert done.returncode == 0, done.stderr
    assert "wrote s.segue (49 objects" in done.stdout
    back = segue_command("convert", "s.segue", "back.json", "--to", "mantis-json", "-v")
    assert "lost: image size, pixel size, label pixels" in back.stderr
    assert "changed: objects (28)" in back.stderr
    assert back.stderr.count("changed") == 1
    old, new = json.loads(made.read_text()), json.loads((tmp_path / "back.json").read_text())
    assert [{key: row[key] for key in old[0]} for row in new] == old
    assert {tuple(row["segue"]) for row in new} == {("labels",)}
