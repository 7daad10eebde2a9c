"""A sequence of a source that is stored in chunks of several slices: each chunk is decoded once."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from PIL import Image as Picture

import segue
from segue.model.image import ArrayPixels
from segue.workflow.exporting import slices
from segue.workflow.exporting.slices import runs_of

VOLUME = np.random.default_rng(4).integers(0, 256, (11, 6, 8), dtype=np.uint8)


class Chunked(ArrayPixels):
    """Remembers what was read."""

    chunks = (4, 6, 8)
    seen: list[tuple[slice, ...]]

    def read(self, region):
        self.seen.append(region)
        return super().read(region)


@pytest.mark.parametrize(("cutout", "expected"), [(None, [(0, 4), (4, 8), (8, 11)]), ("z=3:10", [(3, 4), (4, 8), (8, 10)])])
def test_slices_of_a_chunk_are_read_together(tmp_path, cutout, expected):
    pixels = Chunked(VOLUME)
    object.__setattr__(pixels, "seen", [])
    segue.export(pixels, tmp_path / "{slice_index}.png", input_axes="zyx", cutout=cutout)
    assert sorted((region[0].start, region[0].stop) for region in pixels.seen) == expected
    found = [np.asarray(Picture.open(path)) for path in sorted(tmp_path.glob("*.png"))]
    assert np.array_equal(np.stack(found), VOLUME[expected[0][0] : expected[-1][1]])


def test_not_more_of_them_than_fit(monkeypatch):
    monkeypatch.setattr(slices, "TOGETHER_BYTES", 100)
    pixels = Chunked(VOLUME)
    assert runs_of(pixels, 0, 0) == [range(start, min(start + 2, 11)) for start in range(0, 11, 2)]
    assert runs_of(ArrayPixels(VOLUME), 1, 0) == [range(y, y + 1) for y in range(6)]


def test_the_record_has_the_checksum_of_every_file(tmp_path):
    np.save(tmp_path / "volume.npy", np.arange(40 * 3 * 4, dtype=np.uint16).reshape(40, 3, 4))
    recipe = {"task": "export", "inputs": [str(tmp_path / "volume.npy")], "input_axes": "zyx", "output": str(tmp_path / "out" / "{slice_index}.png")}
    segue.run(recipe)
    (line,) = (tmp_path / "out/segue-job/manifest.jsonl").read_text().splitlines()
    outputs = json.loads(line)["outputs"]
    assert [one["path"] for one in outputs] == [f"{index:02d}.png" for index in range(40)]
    assert [one["sha256"] for one in outputs] == [hashlib.sha256((tmp_path / "out" / one["path"]).read_bytes()).hexdigest() for one in outputs]
