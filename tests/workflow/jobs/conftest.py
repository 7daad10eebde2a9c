"""A folder with six small masks, and a batch that converts them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

RECIPE = {"task": "convert", "inputs": ["masks/"], "output": "out/", "to": "qupath-geojson"}


def make_mask(path, value=1):
    mask = np.zeros((24, 24), np.uint16)
    mask[2:9, 3:10], mask[12:20, 5 : 8 + value] = value, value + 1
    tifffile.imwrite(path, mask)


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """The recipe, in a folder where ``masks/`` holds six masks."""
    monkeypatch.chdir(tmp_path)
    Path("masks").mkdir()
    for number in range(1, 7):
        make_mask(f"masks/m{number}.tif", number)
    return RECIPE


@pytest.fixture
def contents(tmp_path):
    """Every file below a folder with its bytes."""

    def look(folder="out"):
        home = tmp_path / folder
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}

    return look
