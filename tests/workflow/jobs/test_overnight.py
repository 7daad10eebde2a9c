"""A night with many image sets: damaged files, a killed process, a full disk; in the morning everything is as if nothing had happened.

Few image sets by default; ``SEGUE_NIGHT=200`` makes it as many.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import tifffile

SETS = int(os.environ.get("SEGUE_NIGHT", "48"))
TRUNCATED, OTHER_SIZE, NOT_A_NUMBER = (f"set_{SETS * part // 20:03}" for part in (5, 12, 16))

COMMANDS = {
    "convert": ("convert", "in/images", "out/", "--to", "qupath-geojson", "--labels", "in/masks/{nickname}.tif"),
    "measure": ("measure", "in/images", "--labels", "in/masks/{nickname}.tif", "-o", "out/", "--to", "table", "--statistics", "mean,median,area"),
}


def start(folder, *args):
    return subprocess.Popen([sys.executable, "-m", "segue", *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def segue(folder, *args):
    process = start(folder, *args)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def make_inputs(folder):
    """Images of two channels with a mask each, 32 x 32; one mask is cut off, one has another size, one channel has no numbers."""
    rng = np.random.default_rng(1)
    for kind in ("images", "masks"):
        (folder / "in" / kind).mkdir(parents=True)
    for number in range(SETS):
        name = f"set_{number:03}"
        image = rng.integers(0, 1000, (2, 32, 32)).astype(np.float32)
        mask = np.zeros((32, 32), np.uint16)
        mask[2:10, 3 : 8 + number % 20], mask[14:28, 5:25] = 1, 2 + number
        if name == NOT_A_NUMBER:
            image[1] = np.nan
        tifffile.imwrite(folder / "in/images" / f"{name}.tif", image, imagej=True, metadata={"axes": "CYX"})
        tifffile.imwrite(folder / "in/masks" / f"{name}.tif", mask[:20] if name == OTHER_SIZE else mask)
    cut = folder / "in/masks" / f"{TRUNCATED}.tif"
    cut.write_bytes(cut.read_bytes()[:500])


def outputs(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "out").rglob("*") if path.is_file()}


def recorded(folder):
    with contextlib.suppress(OSError):
        return (folder / "out/segue-job/manifest.jsonl").read_bytes().count(b"\n")
    return 0


@pytest.fixture(scope="module", params=COMMANDS)
def undisturbed(request, tmp_path_factory):
    """The command, and what it gives when nothing happens."""
    folder = tmp_path_factory.mktemp("day")
    make_inputs(folder)
    code, _, err = segue(folder, *COMMANDS[request.param])
    assert code == 1, err
    return COMMANDS[request.param], outputs(folder)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes, and a way to fill it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, text=True) if os.name == "posix" else None
    if made is None or made.returncode:
        pytest.skip("a disk that can be full needs the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk, *, leave):
    """Leave only so many bytes."""
    state = os.statvfs(disk)
    with (disk / "ballast").open("wb") as file:
        file.write(bytes(state.f_bavail * state.f_frsize - leave))


@pytest.mark.slow
def test_a_killed_run_and_a_full_disk_leave_no_trace(undisturbed, small_disk, signalled):
    command, expected = undisturbed
    workers = ("--workers", "2")
    make_inputs(small_disk)
    killed = signalled(signal.SIGKILL, "os.rename", "out/set_", SETS // 3, *command, *workers, cwd=small_disk)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    third = recorded(small_disk)
    assert 0 < third < SETS // 3

    used = sum(len(data) // 4096 + 1 for name, data in outputs(small_disk).items() if "segue-job" not in name) * 4096
    fill(small_disk, leave=used + (8 << 12))
    code, _, err = segue(small_disk, *command, *workers, "--resume")
    assert code == 1, err
    assert "the disk is full; free some space" in err
    assert "not begun; the same command with --resume does the rest" in err
    assert third < recorded(small_disk) < SETS - 2
    assert all(data == expected.get(name) for name, data in outputs(small_disk).items() if "segue-job" not in name), "half-written"

    (small_disk / "ballast").unlink()
    full = recorded(small_disk)
    code, _, err = segue(small_disk, *command, *workers, "--resume")
    assert code == 1
    assert f"{full} already done, {SETS - 2 - full} " in err
    assert "2 failed" in err
    failed = [line for line in err.splitlines() if line.startswith("failed: ")]
    assert [TRUNCATED in failed[0], OTHER_SIZE in failed[1], len(failed)] == [True, True, 2]
    assert outputs(small_disk) == expected


def test_the_damaged_ones_are_named_in_a_sentence_each(undisturbed):
    _, expected = undisturbed
    made = [name for name in expected if "segue-job" not in name]
    assert len(made) == SETS - 2
    assert not any(TRUNCATED in name or OTHER_SIZE in name for name in made)
    assert any(NOT_A_NUMBER in name for name in made)
