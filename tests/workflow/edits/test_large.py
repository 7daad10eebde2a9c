"""Labels are edited band by band: what is in memory does not grow with the image."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field

import numpy as np
import pytest

from segue.model.grid import grid_of
from segue.model.image import LabelImage
from segue.model.study import ImageSet, Study
from segue.workflow.edit import edited
from segue.workflow.edits import pixels as scanning
from segue.workflow.edits.records import edits_of

SIDE, TILE = 3000, 300


@dataclass(frozen=True)
class Tiles:
    """Squares with a number each, computed when they are read; remembers the largest region."""

    shape: tuple[int, int] = (SIDE, SIDE)
    dtype: np.dtype = field(default_factory=lambda: np.dtype(np.uint32))
    largest: list[int] = field(default_factory=lambda: [0])

    def read(self, region):
        y, x = (np.arange(one.start, one.stop, dtype=np.uint32) for one in region)
        self.largest[0] = max(self.largest[0], len(y) * len(x) * 4)
        numbers = (y[:, None] // TILE) * (SIDE // TILE) + x[None, :] // TILE + 1
        return np.where((y[:, None] % TILE < 250) & (x[None, :] % TILE < 250), numbers, 0).astype(np.uint32)


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(scanning, "BAND_BYTES", 1 << 20)
    tiles = Tiles()
    study = Study((ImageSet("", grid_of("yx", tiles.shape), labels=(LabelImage(tiles, "yx"),)),))
    bodies = [
        {"edit": "merge", "objects": ["label:1", "label:2"]},
        {"edit": "delete", "objects": ["label:3"]},
        {"edit": "split", "objects": ["label:1"]},
        {"edit": "relabel-all"},
    ]
    tracemalloc.start()
    after, _, _ = edited(study, edits_of(bodies))
    corner = after.image_sets[0].labels[0].pixels.read((slice(0, 100), slice(0, 4 * TILE)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return corner[0], peak, tiles.largest[0]


def test_36_megabytes_of_labels_need_little_memory(made):
    corner, peak, largest = made
    assert SIDE * SIDE * 4 == 36_000_000
    assert largest <= 1 << 20
    assert peak < 14_000_000, f"{peak / 1e6:.0f} MB"
    assert [int(corner[at]) for at in (0, TILE, 2 * TILE, 3 * TILE)] == [1, (SIDE // TILE) ** 2 - 1, 0, 2]
