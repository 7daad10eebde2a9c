"""Killed at any moment, a study has the edits that were acknowledged, and can be edited on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile

import segue
from segue.model.image import in_memory

PROGRAM = """
import sys
from segue.formats.segue_study import editing
from segue.formats.segue_study.editing import Editing
from segue.workflow.edits.apply import apply
from segue.workflow.edits.records import edits_of

editing.FOLD_EVERY = 7
with Editing(sys.argv[1]) as session:
    for number in range(int(sys.argv[2]), 2000):
        which = {"objects": [f"label:{number // 5 + 1}"]}
        (one,) = edits_of({"edit": "delete", **which} if number % 5 == 4 else {"edit": "rename", "name": str(number), **which})
        session.record(one.plain(), apply(session.study, one).patches)
        print(number, flush=True)
"""


def state(path):
    """What the edits up to a number leave: names and labels."""
    with segue.read(path) as study:
        s = study.image_sets[0]
        return dict(s.objects.frame.select("label", "name").rows()), set(np.unique(in_memory(s.labels[0].pixels))) - {0}


def expected(number, labels):
    deleted = {one // 5 + 1 for one in range(number + 1) if one % 5 == 4}
    names = {one // 5 + 1: str(one) for one in range(number + 1) if one % 5 != 4}
    left = [label for label in labels if label not in deleted]
    return {label: names.get(label) for label in left}, set(left)


def killed_after(path, last, rng):
    """Edit on from number ``last``, and be killed; returns the number of the last edit that was acknowledged."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(last + 1)], stdout=subprocess.PIPE, text=True) as process:
        for _ in range(3 + rng.randrange(12)):
            last = int(process.stdout.readline())
        time.sleep(rng.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    return int(rest[-1]) if rest else last


@pytest.mark.slow
def test_kill_9_loses_no_acknowledged_edit(tmp_path):
    mask = np.kron(np.arange(1, 401, dtype=np.uint16).reshape(20, 20), np.ones((6, 6), np.uint16))
    tifffile.imwrite(tmp_path / "mask.tif", mask)
    path = tmp_path / "mask.segue"
    segue.convert(tmp_path / "mask.tif", path, role="labels")
    last, rng = -1, random.Random(5)
    for _ in range(4):
        last = killed_after(path, last, rng)
        names, labels = state(path)
        done = [number for number in (last, last + 1) if (names, labels) == expected(number, range(1, 401))]
        assert done, "acknowledged edits are lost, or an edit is half made"
        last = done[0]
    segue.edit(path, {"edit": "rename", "objects": ["label:400"], "name": "end"})
    assert state(path)[0][400] == "end"
    assert segue.undo(path)[0]["name"] == "end"
    assert len(list(path.glob("001/objects*"))) == 1
    assert len(list(path.glob("001/labels.ome.zarr/labels/labels*"))) == 1
    assert not list(path.rglob(".segue-part*"))
