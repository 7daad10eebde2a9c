"""A region in parts: every pixel once, and no part is much."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.model.image import ArrayPixels
from segue.transform import parts as module
from segue.transform.change import Change, Range
from segue.transform.halved import Halved
from segue.transform.parts import parts
from segue.transform.pixels import Changed

FEW = 64


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(module, "PART_BYTES", FEW)


class Watched(ArrayPixels):
    """Remembers how many bytes were read at a time."""

    def __init__(self, array, chunks=()):
        super().__init__(array)
        object.__setattr__(self, "chunks", chunks)
        object.__setattr__(self, "seen", [])

    def read(self, region):
        found = super().read(region)
        self.seen.append((region, found.nbytes))
        return found


@st.composite
def regions(draw):
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    starts = [draw(st.integers(0, size - 1)) for size in sizes]
    region = tuple(slice(start, draw(st.integers(start + 1, size))) for start, size in zip(starts, sizes, strict=True))
    return sizes, region, tuple(draw(st.integers(1, 5)) for _ in sizes) if draw(st.booleans()) else ()


@given(regions(), st.integers(1, 8))
def test_they_cover_the_region_once_and_cut_no_chunk_in_vain(drawn, itemsize):
    sizes, region, chunks = drawn
    times = np.zeros(sizes, int)
    for part in parts(region, itemsize, chunks):
        times[part] += 1
        assert prod(one.stop - one.start for one in part) * itemsize <= max(FEW, prod(chunks) * itemsize)
        for one, whole, chunk in zip(part, region, chunks, strict=False):
            assert one.start in (whole.start, one.start // chunk * chunk)
    assert (times[region] == 1).all()
    assert times.sum() == times[region].size


def test_a_region_that_is_small_is_one_part():
    assert list(parts((slice(2, 6), slice(0, 4)), 4)) == [(slice(2, 6), slice(0, 4))]


def test_a_change_reads_its_source_in_parts():
    array = np.random.default_rng(2).random((6, 10, 8), np.float32)
    source = Watched(array)
    changed = Changed(source, "zyx", Change((("y", 1, 9),), Range(0, 1, 0, 255), np.dtype("u1"), "xyz"))
    found, tally = changed.read_tallied(tuple(slice(0, size) for size in changed.shape))
    expected = np.rint(array[:, 1:9].astype(float) * 255).astype(np.uint8).transpose(2, 1, 0)
    assert np.array_equal(found, expected)
    assert tally.rounded == expected.size
    assert max(size for _, size in source.seen) <= FEW
    assert sum(size for _, size in source.seen) == array[:, 1:9].nbytes


def test_what_the_source_decodes_at_once_is_read_at_once():
    source = Watched(np.zeros((8, 8, 8), np.float32), (4, 8, 8))
    Changed(source, "zyx", Change((("z", 1, 8),), None, np.dtype("u1"), "xyz")).read((slice(0, 8), slice(0, 8), slice(0, 7)))
    assert [region[0] for region, _ in source.seen] == [slice(1, 4), slice(4, 8)]


def test_pixels_that_stay_as_they_are_are_not_copied_again():
    source = Watched(np.zeros((8, 8, 8), np.float32))
    Changed(source, "zyx", Change((("z", 1, 8),))).read((slice(0, 7), slice(0, 8), slice(0, 8)))
    assert len(source.seen) == 1


@pytest.mark.parametrize("rule", ["mean", "nearest"])
def test_half_of_pixels_is_read_in_parts(rule):
    array = np.random.default_rng(2).integers(0, 200, (7, 9, 11)).astype(np.uint8)
    source = Watched(array)
    pixels = Halved(source, (True, True, True), rule)
    found = pixels.read(tuple(slice(0, size) for size in pixels.shape))
    assert len(source.seen) > 1
    assert max(size for _, size in source.seen) <= FEW
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PART_BYTES", 1 << 20)
        assert np.array_equal(found, pixels.read(tuple(slice(0, size) for size in pixels.shape)))
