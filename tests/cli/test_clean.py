"""``segue clean``: lists first, deletes when told to, says what stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import tifffile


@pytest.fixture
def out(tmp_path, segue_command):
    """A folder with three ROI sets that a run wrote, one of them edited, and a foreign file."""
    (tmp_path / "masks").mkdir()
    for number in range(1, 4):
        mask = np.zeros((24, 24), np.uint8)
        mask[2:9, 3 : 9 + number] = 1
        tifffile.imwrite(tmp_path / f"masks/m{number}.tif", mask)
    made = segue_command("convert", "masks/", "out/", "--to", "imagej-roi", "--set", "role=labels")
    assert made.returncode == 0, made.stderr
    (tmp_path / "out/notes.txt").write_text("mine")
    (tmp_path / "out/m2-RoiSet.zip").write_bytes(b"edited")
    return tmp_path / "out"


LISTED = """\
       path               size       why
-----  -----------------  ---------  --------------------------------
goes   out/m1-RoiSet.zip  SIZE1
goes   out/m3-RoiSet.zip  SIZE3
goes   out/segue-job                 the record
stays  out/m2-RoiSet.zip             was changed after it was written
stays  out/notes.txt                 is not in the record
"""


def names(out):
    return {path.name for path in out.iterdir()}


def test_it_lists_and_deletes_nothing_unless_told(segue_command, out):
    before = names(out)
    result = segue_command("clean", "out")
    first, third = (f"{(out / f'm{number}-RoiSet.zip').stat().st_size} bytes" for number in (1, 3))
    assert result.stdout == LISTED.replace("SIZE1", first).replace("SIZE3", third)
    assert "2 files" in result.stderr
    assert "nothing was deleted; --yes deletes it" in result.stderr
    assert (result.returncode, names(out)) == (1, before)
    assert segue_command("clean", "out", "--dry-run").returncode == 0
    assert names(out) == before


def test_yes_deletes_and_a_second_one_says_that_nothing_is_left(segue_command, out):
    result = segue_command("clean", "out", "--yes")
    assert result.returncode == 0, result.stderr
    assert "deleted 2 files" in result.stdout
    assert result.stdout.strip().endswith("2 stay")
    assert names(out) == {"notes.txt", "m2-RoiSet.zip"}
    again = segue_command("clean", "out", "--yes")
    assert (again.returncode, again.stdout) == (0, "nothing is left to delete: there is no record of a run in out\n")
    assert names(out) == {"notes.txt", "m2-RoiSet.zip"}


def test_json(segue_command, out):
    listed = json.loads(segue_command("clean", "out", "--json").stdout)
    assert (listed["dry_run"], len(listed["deleted"]), len(listed["stays"])) == (True, 2, 2)
    body = json.loads(segue_command("clean", "out", "--json", "--yes").stdout)
    assert body == {**listed, "dry_run": False}
    assert json.loads(segue_command("clean", "out", "--json").stdout)["deleted"] == []


def test_quiet(segue_command, out):
    result = segue_command("clean", "out", "-q", "--yes")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert names(out) == {"notes.txt", "m2-RoiSet.zip"}


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_asks(out, answer):
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "segue", "clean", "out"], cwd=out.parent, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while b"Delete 2 files" not in said:
            said += os.read(ours, 1000)
        os.write(ours, f"{answer}\n".encode())
        process.wait(300)
        os.close(ours)
    assert process.returncode == (0 if answer == "y" else 1)
    assert (out / "m1-RoiSet.zip").exists() == (answer == "n")


def test_a_recipe_that_is_not_there(segue_command):
    result = segue_command("clean", "no.json")
    assert result.returncode == 3
    assert "no.json" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_killed_at_any_moment_and_gone_on_with(segue_command, signalled, tmp_path):
    (tmp_path / "masks").mkdir()
    for number in range(8):
        tifffile.imwrite(tmp_path / f"masks/m{number:02}.tif", np.full((8, 8), 1, np.uint8))
    for to in ("segue-study", "imagej-roi"):
        segue_command("convert", "masks/", "out/", "--to", to, "--set", "role=labels")
    (tmp_path / "out/notes.txt").write_text("mine")
    for operation in (1, 2, 9, 19, 40):
        killed = signalled(signal.SIGKILL, "os.rename os.remove os.rmdir", "", operation, "clean", "out", "-q", "--yes", cwd=tmp_path)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert all((study / "study.json").exists() for study in (tmp_path / "out").glob("m*.segue")), "half a study"
    assert len(list((tmp_path / "out").glob("m*.segue"))) in range(1, 8)
    assert segue_command("clean", "out", "-q", "--yes").returncode == 0
    assert [path.name for path in tmp_path.rglob("*") if path.parent.name != "masks" and path.name != "masks"] in (["out", "notes.txt"], ["notes.txt", "out"])
