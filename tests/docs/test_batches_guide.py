"""The guide's page on batches does what it says, in its order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.cli import main

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "batches.md").read_text(encoding="utf-8")
LINES = [line for line in re.findall(r"^    (segue .*)$", TEXT, re.M) if "--scheduler" not in line]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("masks").mkdir()
    for number in range(1, 5):
        mask = np.zeros((32, 32), np.uint16)
        mask[2:8, 3:9], mask[12:20, 12:22] = number, number + 9
        tifffile.imwrite(f"masks/slide{number}.tif", mask)
    whole = Path("masks/slide3.tif").read_bytes()
    Path("masks/slide3.tif").write_bytes(whole[:300])
    return whole


def run(line, capsys, code=0):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    said = capsys.readouterr()
    assert end.value.code == code, f"{line}\n{said.err}"
    return said.out if line.startswith("segue clean") else said.err


def test_the_guide(here, capsys):
    first, resumed, *others = LINES
    assert "".join(f"    {line}\n" for line in run(first, capsys, code=1).splitlines() if "failed" in line) in TEXT
    Path("masks/slide3.tif").write_bytes(here)
    said = run(resumed, capsys).splitlines()[-1]
    assert f"    {said}\n" in TEXT
    for line in others:
        said = run(line, capsys)
        if line.startswith("segue clean"):
            assert "".join(f"    {row}\n" for row in said.splitlines() if not row.startswith("deleted")) in TEXT
    assert not Path("tried").exists()
    assert {path.name for path in Path("rois/segue-job").iterdir()} - {".segue-lock"} == set(re.findall(r"^\| `(.*?)` \|", TEXT, re.M))
    assert [path.read_bytes() for path in sorted(Path("rois").glob("*.zip"))] == [path.read_bytes() for path in sorted(Path("fast").glob("*.zip"))]
    exec(re.sub("^    ", "", TEXT.partition("In Python:\n")[2], flags=re.M), {})
    assert "slide3.tif 2 objects" in capsys.readouterr().out
