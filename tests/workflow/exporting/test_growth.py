"""What an export holds at a time does not grow with the image: counted, not timed."""

from __future__ import annotations

import threading
import weakref

import numpy as np
import pytest

import segue
from segue.tasks.workers import AHEAD
from segue.transform.parts import PART_BYTES

WORKERS = 2


class Made:
    """Pixels that are computed; knows how many of its arrays are alive, and how many bytes they have."""

    dtype = np.dtype(np.float32)
    chunks = (4, 256, 256)

    def __init__(self, planes):
        self.shape = (planes, 512, 512)
        self.alive = self.most = self.largest = 0
        self._lock = threading.Lock()

    def read(self, region):
        found = np.full([one.stop - one.start for one in region], 0.5, np.float32)
        with self._lock:
            self.alive += 1
            self.most, self.largest = max(self.most, self.alive), max(self.largest, found.nbytes)
        weakref.finalize(found, self._gone)
        return found

    def _gone(self):
        with self._lock:
            self.alive -= 1


@pytest.mark.parametrize("output", ["a.h5", "a.n5", "a.tif", "a.npy", "a.ome.zarr"])
@pytest.mark.parametrize("planes", [16, 64])
def test_few_parts_of_the_source_are_in_memory(tmp_path, output, planes):
    pixels = Made(planes)
    segue.export(pixels, tmp_path / output, input_axes="zyx", renormalize="0:1->0:255", dtype="uint8", axes="zyx", workers=WORKERS)
    assert pixels.most <= WORKERS * AHEAD
    assert pixels.largest <= max(PART_BYTES, 4 * 512 * 512 * 4)
