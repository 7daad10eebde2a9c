"""Edits of real files are exactly what numpy says."""

from __future__ import annotations

import shutil

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.geometry.components import components
from segue.model.grid import grid_of
from segue.model.image import in_memory

pytestmark = pytest.mark.golden


@pytest.fixture
def mask(golden, tmp_path):
    shutil.copy(golden / "stardist/mask2d.tif", tmp_path / "mask.tif")
    return tmp_path / "mask.tif"


EDITS = [
    {"edit": "merge", "objects": ["label:10", "label:6"]},
    {"edit": "split", "objects": ["label:129"]},
    {"edit": "delete", "objects": ["label:7", "label:100-102"]},
    {"edit": "relabel-all"},
]


def expected(mask):
    found = mask.astype(np.int64)
    found[found == 6] = 10
    parts, count = components((found == 129).astype(np.uint8), 4)
    sizes = np.bincount(parts.ravel())[1:]
    assert count == 2
    found[parts == 1 + int(np.argmin(sizes))] = mask.max() + 1
    found[np.isin(found, [7, 100, 101, 102])] = 0
    return np.unique(found, return_inverse=True)[1].reshape(mask.shape)


def test_a_mask(mask):
    before = tifffile.imread(mask)
    segue.edit(mask, EDITS, output=mask.with_name("new.tif"))
    assert np.array_equal(tifffile.imread(mask.with_name("new.tif")), expected(before))
    assert np.array_equal(tifffile.imread(mask), before)
    segue.edit(mask, EDITS, overwrite=True)
    assert np.array_equal(tifffile.imread(mask), expected(before))
    assert [path.name for path in mask.parent.iterdir() if path.name.startswith(".")] == []


def test_its_study_and_the_way_back(mask, tmp_path):
    before = tifffile.imread(mask)
    segue.convert(mask, tmp_path / "mask.segue", role="labels")
    segue.edit(tmp_path / "mask.segue", EDITS)
    assert np.array_equal(in_memory(segue.read(tmp_path / "mask.segue").image_sets[0].labels[0].pixels), expected(before))
    assert [step["edit"] for step in segue.undo(tmp_path / "mask.segue", 4)] == ["relabel-all", "delete", "split", "merge"]
    assert np.array_equal(in_memory(segue.read(tmp_path / "mask.segue").image_sets[0].labels[0].pixels), before)


@pytest.mark.parametrize("name", ["cells.geojson", "cells-RoiSet.zip"])
def test_its_outlines(mask, tmp_path, name):
    before = tifffile.imread(mask)
    segue.convert(mask, tmp_path / name)
    segue.edit(tmp_path / name, EDITS, overwrite=True)
    s = segue.read(tmp_path / name).image_sets[0]
    assert np.array_equal(segue.rasterize(s, grid_of("yx", before.shape)), expected(before))


def test_a_roi_set(golden, tmp_path):
    path = golden / "imagej/blobs_RoiSet.zip"
    with segue.read(path) as study:
        before = study.image_sets[0]
    names, ids = before.objects.frame["name"], before.objects.frame["id"]
    edits = [
        {"edit": "rename", "objects": [f"id:{ids[0]}"], "name": "CD3/CD8, 🧬"},
        {"edit": "delete", "objects": [f"id:{ids[3]}", f"id:{ids[5]}"]},
        {"edit": "merge", "objects": [f"id:{ids[1]}", f"id:{ids[2]}"]},
    ]
    notes = segue.edit(path, edits, output=tmp_path / "new-RoiSet.zip", strict=True)
    assert not notes.refused
    after = segue.read(tmp_path / "new-RoiSet.zip").image_sets[0]
    assert after.objects.frame["name"].to_list() == ["CD3/CD8, 🧬", names[1], names[4], *names[6:]]
    height, width = 254, 256
    drawn = [segue.rasterize(one, grid_of("yx", (height, width))) for one in (before, after)]
    kept = before.objects.frame.with_row_index("row")["row"]
    gone = np.isin(drawn[0], 1 + np.array([3, 5]))
    assert kept.len() == 64
    assert np.array_equal(drawn[1] != 0, (drawn[0] != 0) & ~gone)
    merged = after.shapes.frame.with_row_index("nth").filter(pl.col("object") == 1)["nth"].to_list()
    assert len(merged) == 1
    pixels = segue.rasterize(type(after)("", objects=after.objects, shapes=after.shapes.take(np.array(merged))), grid_of("yx", (height, width)))
    assert np.array_equal(pixels != 0, np.isin(drawn[0], [2, 3]))
