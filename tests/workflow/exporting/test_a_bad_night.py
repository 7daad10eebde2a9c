"""Exports that are killed, run out of disk, may not write, meet damaged inputs, or lose a worker: nothing half-written, and the rest is done later."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from numcodecs import GZip

import segue
from segue.formats.catalog import FORMATS

ITEMS = 20
SETTINGS = ("--renormalize", "0:1->0:255", "--dtype", "uint8", "--axes", "zyx")
COMMANDS = {
    "a sequence": ("export", "in/", "-o", "out/{nickname}_{slice_index}", "--format", "png sequence", *SETTINGS),
    "folders": ("export", "in/", "-o", "out/", "--format", "ome-zarr", *SETTINGS),
    "files": ("export", "in/", "-o", "out/{nickname}.npy", *SETTINGS),
}
needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask (distributed) is not installed")


def make_inputs(folder, size=96):
    rng = np.random.default_rng(1)
    (folder / "in").mkdir(parents=True)
    for number in range(ITEMS):
        tifffile.imwrite(folder / f"in/scan.{number:02}.tif", rng.random((6, size, size)).astype(np.float32), imagej=True, metadata={"axes": "ZYX"})


def start(folder, *args):
    return subprocess.Popen([sys.executable, "-m", "segue", *map(str, args)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def command(folder, *args):
    process = start(folder, *args)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def contents(folder):
    """What has its final name: file -> bytes; without the record."""
    home = folder / "out"
    files = [path for path in home.rglob("*") if path.is_file() and not any(part.startswith((".", "segue-job")) for part in path.relative_to(home).parts)]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def recorded(folder):
    path = folder / "out/segue-job/manifest.jsonl"
    return [json.loads(line)["item"] for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")] if path.exists() else []


@pytest.fixture(scope="module", params=COMMANDS)
def undisturbed(request, tmp_path_factory):
    """The command, and what it gives when nothing happens."""
    folder = tmp_path_factory.mktemp("day")
    make_inputs(folder)
    code, _, err = command(folder, *COMMANDS[request.param])
    assert code == 0, err
    return COMMANDS[request.param], contents(folder), (folder / "out/segue-job/manifest.jsonl").read_bytes()


@pytest.fixture
def small_disk(tmp_path):
    """Mounts a disk of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, text=True) if os.name == "posix" else None
    if made is None or made.returncode:
        pytest.skip("a disk that can be full needs the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_killed_at_random_moments(undisturbed, tmp_path, signalled):
    words, expected, manifest = undisturbed
    make_inputs(tmp_path)
    rng, resume, done = random.Random(2), (), []
    files = len({name for name in expected if name.startswith("scan.00")}) if "sequence" in " ".join(words) else 1
    for _ in range(3):
        nth = 1 + rng.randrange(5 * files, 6 * files)
        killed = signalled(signal.SIGKILL, "os.rename os.link", "out/scan.", nth, *words, "--workers", "2", *resume, cwd=tmp_path)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        there = contents(tmp_path)
        assert all(data == expected.get(name) for name, data in there.items()), "half-written under a final name"
        assert set(recorded(tmp_path)) >= set(done)
        done, resume = recorded(tmp_path), ("--resume",)
    assert 0 < len(done) < ITEMS
    times = {path: path.stat().st_mtime_ns for name in there if (path := tmp_path / "out" / name) and any(name.startswith(one[:-4]) for one in done)}
    code, _, err = command(tmp_path, *words, "--resume")
    assert code == 0, err
    assert f"{len(done)} already done, {ITEMS - len(done)} exported, 0 failed" in err
    assert contents(tmp_path) == expected
    assert times
    assert all(path.stat().st_mtime_ns == before for path, before in times.items()), "done again"
    assert (tmp_path / "out/segue-job/manifest.jsonl").read_bytes() == manifest
    assert not [path.name for path in (tmp_path / "out").rglob(".segue-part*")]
    segue.clean(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_full_disk_ends_the_batch_and_resume_does_the_rest(undisturbed, small_disk):
    words, expected, manifest = undisturbed
    make_inputs(small_disk)
    state, sizes = os.statvfs(small_disk), sum(len(data) // 4096 + 1 for data in expected.values()) * 4096
    (small_disk / "ballast").write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - sizes // 2 - (16 << 12))))
    code, _, err = command(small_disk, *words)
    if code == 6:  # without compression it is known before
        assert re.search(r"MB left, and the outputs need .* MB", err)
        assert not (small_disk / "out").exists()
        return
    assert code == 1, err
    assert "the disk is full; free some space" in err
    assert "not begun; the same command with --resume does the rest" in err
    assert all(data == expected[name] for name, data in contents(small_disk).items())
    done = len(recorded(small_disk))
    assert 0 < done < ITEMS
    (small_disk / "ballast").unlink()
    code, _, err = command(small_disk, *words, "--resume")
    assert f"{done} already done, {ITEMS - done} exported, 0 failed" in err
    assert (code, contents(small_disk)) == (0, expected)
    assert (small_disk / "out/segue-job/manifest.jsonl").read_bytes() == manifest


@pytest.mark.slow
def test_a_full_disk_can_be_cleaned(undisturbed, small_disk):
    words, _, _ = undisturbed
    make_inputs(small_disk)
    assert command(small_disk, *words)[0] == 0
    state = os.statvfs(small_disk)
    with (small_disk / "ballast").open("wb") as file:
        file.write(bytes(state.f_bavail * state.f_frsize))
    code, _, err = command(small_disk, "clean", "out", "--yes")
    assert code == 0, err
    assert not (small_disk / "out").exists()


def test_a_place_that_is_read_only(small_disk, tmp_path, monkeypatch):
    make_inputs(tmp_path, size=16)
    (small_disk / "out").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for output, container in (("out/{nickname}.npy", "numpy"), ("out/{nickname}_{slice_index}", "tiff sequence"), ("new/", "ome-zarr")):
        code, _, err = command(small_disk, "export", tmp_path / "in", "-o", output, "--format", container)
        assert code in (1, 6), err
        assert "read-only; choose another" in err
        assert "Traceback" not in err
    assert list((small_disk / "out").iterdir()) == []


@pytest.fixture
def volumes(tmp_path, monkeypatch):
    """Three volumes of 10 chunks of one slice; a chunk of the second is damaged."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in "abc":
        group = zarr.open_group(f"in/{name}.ome.zarr", mode="w", zarr_format=2)
        data = np.random.default_rng(ord(name)).integers(0, 4000, (10, 32, 32)).astype(np.uint16)
        array = group.create_array("0", shape=data.shape, chunks=(1, 32, 32), dtype="uint16", compressors=GZip(level=1))
        array[:] = data
        group.attrs["multiscales"] = [
            {"version": "0.4", "axes": [{"name": n, "type": "space"} for n in "zyx"], "datasets": [
                {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 1]}]}]}
        ]  # fmt: skip
    chunk = Path("in/b.ome.zarr/0/6.0.0")
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[:40])
    return chunk, whole


def test_a_damaged_chunk_stops_one_item_and_no_other(volumes):
    chunk, whole = volumes
    words = ("export", "in/", "-o", "out/{nickname}_{slice_index}", "--format", "tiff sequence")
    code, _, err = command(Path.cwd(), *words)
    assert code == 1, err
    assert "failed: b.ome.zarr: " in err
    assert "2 exported, 1 failed" in err
    assert {name[0] for name in contents(Path.cwd())} == {"a", "c"}
    chunk.write_bytes(whole)
    code, _, err = command(Path.cwd(), *words, "--resume")
    assert code == 0, err
    assert "2 already done, 1 exported, 0 failed" in err
    assert len(contents(Path.cwd())) == 30


def test_a_damaged_chunk_outside_of_the_cut_out_has_no_effect(volumes):
    done = segue.run({"task": "export", "inputs": ["in/b.ome.zarr"], "output": "b.npy", "cutout": "z=0:6"})
    assert [one.error for one in done] == [None]
    assert np.load("b.npy").shape == (6, 32, 32)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two worker processes of this machine."""
    import dask
    from distributed import LocalCluster

    home = tmp_path_factory.mktemp("dask")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "300s", "distributed.comm.timeouts.tcp": "300s"}),  # a busy machine starts a process late
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", local_directory=str(home), memory_limit=0) as local,
    ):
        yield local


RECIPE = {"task": "export", "inputs": ["in/"], "renormalize": "0:1->0:255", "dtype": "uint8"}


@needs_dask
@pytest.mark.parametrize("output", ["out/{nickname}.npy", "out/{nickname}_{slice_index}.png", "out/{nickname}.ome.zarr"])
@pytest.mark.parametrize("inputs", ["in/", "in/scan.03.tif"])
def test_two_dask_workers_give_the_same_bytes_as_threads(tmp_path, monkeypatch, cluster, output, inputs):
    """Several items: an item is the piece of work. One: its regions are."""
    monkeypatch.chdir(tmp_path)
    make_inputs(tmp_path, size=64)
    recipe = {**RECIPE, "inputs": [inputs], "output": output}
    segue.run(recipe, workers=2)
    expected = contents(tmp_path)
    assert len(expected) >= 1
    os.rename("out", "threads")  # noqa: PTH104
    done = segue.run(recipe, scheduler=cluster.scheduler_address)
    assert all(one.error is None for one in done)
    assert contents(tmp_path) == expected


@needs_dask
@pytest.mark.slow
def test_a_worker_that_dies(tmp_path, monkeypatch, cluster):
    monkeypatch.chdir(tmp_path)
    make_inputs(tmp_path, size=256)
    recipe = {**RECIPE, "output": "out/{nickname}_{slice_index}.png"}
    segue.run(recipe)
    expected, manifest = contents(tmp_path), Path("out/segue-job/manifest.jsonl").read_bytes()
    os.rename("out", "threads")  # noqa: PTH104
    died, ended = [], threading.Event()

    def kill_one():
        while not recorded(tmp_path) and not ended.wait(0.005):
            pass
        died.append(next(iter(cluster.workers.values())).pid)
        os.kill(died[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    try:
        done = segue.run(recipe, scheduler=cluster.scheduler_address)
    finally:
        ended.set()
        killer.join()
    assert died
    assert all(one.error is None for one in done)
    assert contents(tmp_path) == expected
    assert Path("out/segue-job/manifest.jsonl").read_bytes() == manifest


@pytest.mark.parametrize("container", ["hdf5", "numpy"])
def test_the_whole_example(tmp_path, segue_command, container):
    """Two scans as a sequence, in another container, as OME-Zarr, and measured: clean leaves a foreign and an edited file, and the inputs."""
    if container not in FORMATS:
        pytest.skip(f"{container} is no format yet")
    rng = np.random.default_rng(3)
    mask = np.zeros((60, 70), np.uint8)
    mask[5:20, 6:30] = 1
    for name in ("scan.2023.01", "scan.2023.02"):
        tifffile.imwrite(tmp_path / f"{name}.tif", rng.random((2, 60, 70)).astype(np.float32), imagej=True, metadata={"axes": "CYX"})
        tifffile.imwrite(tmp_path / f"{name}_mask.tif", mask)
    scans = [f"scan.2023.0{number}.tif" for number in (1, 2)]
    same = ("--cutout", "x=5:60,y=10:50", "--renormalize", "0:1->0:255", "--dtype", "uint8", "--axes", "cyx")
    for words in (
        ("export", *scans, "-o", "out/{nickname}_{slice_index}", "--format", "png sequence", *same),
        ("export", *scans, "-o", "out/", "--format", container, *same),
        ("export", *scans, "-o", "out/", "--format", "ome-zarr"),
        ("measure", *scans, "--labels", "{nickname}_mask.tif", "-o", "out/", "--to", "table", "--dictionary"),
    ):
        done = segue_command(*words)
        assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"scan.2023.01_0.png", "scan.2023.01_1.png", "scan.2023.02_1.png", "scan.2023.02.csv", "scan.2023.02.columns.csv"} <= names
    (tmp_path / "out/notes.txt").write_text("mine")
    with (tmp_path / "out/scan.2023.01_1.png").open("ab") as file:
        file.write(b"x")
    assert segue_command("clean", "out", "--yes").returncode == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"notes.txt", "scan.2023.01_1.png"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", *scans, *(name.replace(".tif", "_mask.tif") for name in scans)}
    assert "nothing is left to delete" in segue_command("clean", "out", "--yes").stdout


@pytest.fixture
def segue_command(tmp_path):
    """Run ``segue ARGS...``; gives the finished process."""

    def run(*args):
        return subprocess.run([sys.executable, "-m", "segue", *map(str, args)], capture_output=True, text=True, cwd=tmp_path, timeout=300)

    return run
