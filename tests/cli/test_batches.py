"""What a batch says, and what it says when it is resumed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile


@pytest.fixture
def words(tmp_path):
    """A command over three masks, the second of which is cut off."""
    folder = tmp_path / "masks"
    folder.mkdir()
    for number in (1, 2, 3):
        mask = np.zeros((20, 20), np.uint8)
        mask[2:9, 3:10], mask[12:18, 5:12] = number, number + 1
        tifffile.imwrite(folder / f"m{number}.tif", mask)
    cut = folder / "m2.tif"
    cut.write_bytes(cut.read_bytes()[:300])
    return ["convert", "masks/", "out/", "--to", "imagej-roi"]


def test_json_says_what_was_done_before(segue_command, words):
    first = json.loads(segue_command(*words, "--json").stdout)
    second = json.loads(segue_command(*words, "--json", "--resume").stdout)
    assert ["already_done" in item for item in second["items"]] == [True, False, True]
    assert [item.get("error") for item in second["items"]] == [None, "Malformed", None]
    for item in second["items"]:
        item.pop("already_done", None)
    assert second == first


def test_the_last_line_counts(segue_command, words, tmp_path):
    assert segue_command(*words).stderr.splitlines()[-1] == "2 converted, 1 failed"
    refused = segue_command(*words)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == (
        "segue: 2 of 3 items were done already by an earlier run in out; go on with --resume, or do all again with --overwrite"
    )
    (tmp_path / "out/m1-RoiSet.zip").unlink()
    resumed = segue_command(*words, "--resume", "--workers", "2")
    assert resumed.returncode == 1
    assert resumed.stderr.splitlines()[-1] == "1 already done, 1 converted, 1 failed"
    assert resumed.stdout.splitlines()[2].split()[:4] == ["m1.tif", "out/m1-RoiSet.zip", "2", "objects"]


def test_workers_and_a_scheduler_exclude_each_other(segue_command, words):
    done = segue_command(*words, "--workers", "2", "--scheduler", "tcp://localhost:1")
    assert done.returncode == 2
    assert "exclude each other" in done.stderr


def test_a_dry_run_leaves_no_record(segue_command, words, tmp_path):
    segue_command(*words, "--dry-run")
    assert not Path(tmp_path, "out").exists()
