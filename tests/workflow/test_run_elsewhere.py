"""A saved recipe gives the same bytes in another folder, with another HOME, and with any number of workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.cli import main

OUTPUTS = ("labels.tif", "RoiSet.zip", "results.txt", "cells.csv", "cells.fcs", "cells.h5ad", "cells.parquet", "cells.segue")


def pictures(folder):
    rng = np.random.default_rng(3)
    for name in ("one", "two", "three"):
        y, x = np.mgrid[:60, :80]
        image = rng.integers(10, 40, y.shape)
        for cy, cx in rng.integers(8, 52, (5, 2)):
            image[np.hypot(y - cy, x - cx) < 6] = rng.integers(120, 250)
        tifffile.imwrite(folder / f"{name}.tif", image.astype(np.uint8))


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def first(tmp_path, monkeypatch):
    place = tmp_path / "first"
    (place / "images").mkdir(parents=True)
    pictures(place / "images")
    monkeypatch.chdir(place)
    outputs = [part for name in OUTPUTS for part in ("-o", f"out/{{nickname}}-{name}")]
    command = ["segment", "images/", *outputs, "--threshold", "imagej-default", "--min-size", "5", "--preset", "imagej", "--save-recipe", "recipe.json", "-q"]
    with pytest.raises(SystemExit) as end:
        main(command)
    assert end.value.code == 0
    return place


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_bytes_elsewhere(first, tmp_path, workers):
    elsewhere = tmp_path / "somewhere" / "else"
    shutil.copytree(first / "images", elsewhere / "images")
    shutil.copy(first / "recipe.json", elsewhere)
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-m", "segue", "run", "recipe.json", "--workers", str(workers), "-q"]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    before, after = files(first / "out"), files(elsewhere / "out")
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == []
    assert len([name for name in before if Path(name).name.endswith("results.txt")]) == 3
