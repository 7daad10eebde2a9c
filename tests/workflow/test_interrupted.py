"""Killed at any moment, a conversion leaves the old target or the new one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile

import segue


def command(*args):
    return subprocess.Popen([sys.executable, "-m", "segue", *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    path = tmp_path_factory.mktemp("mask") / "mask.tif"
    tifffile.imwrite(path, np.kron(np.arange(1, 2501, dtype=np.uint16).reshape(50, 50), np.ones((12, 12), np.uint16)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out-RoiSet.zip", "out.geojson", "out.segue"])
def test_a_kill_leaves_the_old_target_or_the_new_one(tmp_path, mask, name):
    target, other = tmp_path / name, tmp_path / f"other-{name}"
    small = tmp_path / "small.tif"
    tifffile.imwrite(small, np.array([[1, 0, 2]], np.uint8))
    segue.convert(small, target, role="labels")
    segue.convert(mask, other, role="labels")
    start = time.monotonic()
    command("convert", mask, tmp_path / f"timing-{name}", "--set", "role=labels").communicate(timeout=300)
    length = time.monotonic() - start
    outcomes, rng = set(), random.Random(1)
    for nth in range(8):
        process = command("convert", mask, target, "--overwrite", "--set", "role=labels")
        time.sleep(length * (0.35 + 0.65 * (nth + rng.random()) / 8))
        process.send_signal(signal.SIGKILL if nth % 2 else signal.SIGINT)
        process.communicate(timeout=300)
        equal_old, equal_new = (segue.diff(target, known) == {} for known in (small_study(tmp_path, small, name), other))
        assert equal_old != equal_new, "the target is neither the old result nor the new one"
        outcomes.add("new" if equal_new else "old")
    segue.convert(mask, target, overwrite=True, role="labels")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [], "leftovers of killed runs are cleaned by the next one"


def small_study(folder, small, name):
    path = folder / f"small-{name}"
    if not path.exists():
        segue.convert(small, path, role="labels")
    return path


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_says_so_in_one_line_and_ends_with_130(tmp_path, signalled):
    ended = signalled(signal.SIGINT, "os.rename", "demo", 1, "demo", "demo", cwd=tmp_path)
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_interrupt_while_a_dataclass_is_made_ends_with_130_too(tmp_path):
    """Python remembers an interrupt inside of ``exec`` and ends ``python -m`` by the signal, whatever the exit code."""
    importing = "lambda *_, **__: exec('raise KeyboardInterrupt')"
    (tmp_path / "ended.py").write_text(f"from segue import cli\n\ncli.segue.main = {importing}\ncli.main([])\n")
    ended = subprocess.run([sys.executable, "-m", "ended"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 130, ended.stderr
    assert ended.stderr == "segue: interrupted; nothing half-written was left\n"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "the end of its time in a job queue"])
def test_asked_to_end_a_batch_ends_at_once_and_goes_on_later(tmp_path, mask, signalled, ask):
    (tmp_path / "masks").mkdir()
    for number in range(6):
        shutil.copy(mask, tmp_path / f"masks/m{number:02}.tif")
    words = ["convert", "masks", "out/", "--to", "qupath-geojson", "--set", "role=labels", "--workers", "2"]
    ended = signalled(ask, "os.rename", "out/m", 2, *words, cwd=tmp_path)
    assert ended.returncode == 130, ended.stderr
    assert "of 6 are converted; the same command with --resume does the rest" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []
    assert len(list(tmp_path.glob("out/*.geojson"))) < 6
    process = command("convert", tmp_path / "masks", f"{tmp_path}/out/", *words[3:], "--resume")
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert len({path.read_bytes() for path in tmp_path.glob("out/*.geojson")}) == 1
    assert len(list(tmp_path.glob("out/*.geojson"))) == 6
