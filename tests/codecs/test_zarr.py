"""Pixels to Zarr arrays and back, region by region."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import numpy as np
import pytest
import zarr

from segue.codecs import zarr_layout
from segue.codecs.zarr_layout import block_shape, blocks, chunk_shape, shard_shape
from segue.codecs.zarr_pixels import zarr_pixels
from segue.codecs.zarr_write import write_array, write_group
from segue.errors import Malformed, NotFound, SourceChanged, TooLarge
from segue.model.image import ArrayPixels


def ramp(shape, dtype="u2"):
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def whole(array):
    return tuple(slice(0, size) for size in array.shape)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_axes_comes_back(tmp_path, order):
    array = ramp((2, 3, 4))
    write_array(tmp_path / "a", ArrayPixels(array), order, "zyx", array.dtype)
    assert zarr.open_array(str(tmp_path / "a")).shape == tuple(array.shape[axis] for axis in order)
    pixels = zarr_pixels(tmp_path / "a", array.shape, array.dtype, order)
    assert np.array_equal(pixels.read(whole(array)), array)
    assert np.array_equal(pixels.read((slice(1, 2), slice(0, 2), slice(1, 4))), array[1:2, 0:2, 1:4])


def test_an_empty_region_and_an_empty_array(tmp_path):
    write_array(tmp_path / "a", ArrayPixels(ramp((4, 4))), (0, 1), "yx", np.dtype("u2"))
    assert zarr_pixels(tmp_path / "a", (4, 4), np.dtype("u2"), (0, 1)).read((slice(2, 2), slice(0, 4))).shape == (0, 4)
    write_array(tmp_path / "b", ArrayPixels(ramp((4, 0))), (0, 1), "yx", np.dtype("u2"))
    assert zarr_pixels(tmp_path / "b", (4, 0), np.dtype("u2"), (0, 1)).read((slice(0, 4), slice(0, 0))).shape == (4, 0)


def test_the_sign_of_zero_is_kept(tmp_path):
    array = np.full((4, 4), -0.0)
    write_array(tmp_path / "a", ArrayPixels(array), (0, 1), "yx", array.dtype)
    assert np.signbit(zarr_pixels(tmp_path / "a", (4, 4), array.dtype, (0, 1)).read(whole(array))).all()


def test_background_needs_no_space(tmp_path):
    write_array(tmp_path / "a", ArrayPixels(np.zeros((2000, 2000), np.uint32)), (0, 1), "yx", np.dtype("u4"))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["zarr.json"]


def test_masks_are_stored_as_numbers(tmp_path):
    array = np.eye(4, dtype=bool)
    write_array(tmp_path / "a", ArrayPixels(array), (0, 1), "yx", np.dtype("u1"))
    back = zarr_pixels(tmp_path / "a", (4, 4), np.dtype(bool), (0, 1)).read(whole(array))
    assert back.dtype == bool
    assert np.array_equal(back, array)


def test_many_chunks_are_packed_into_few_files(tmp_path, monkeypatch):
    monkeypatch.setattr(zarr_layout, "CHUNK_SIDE", 8)
    monkeypatch.setattr(zarr_layout, "FEW_CHUNKS", 10)
    array = ramp((2, 100, 130))
    write_array(tmp_path / "a", ArrayPixels(array), (0, 1, 2), "zyx", array.dtype)
    assert len([path for path in (tmp_path / "a").rglob("*") if path.is_file()]) < 20
    assert np.array_equal(zarr_pixels(tmp_path / "a", array.shape, array.dtype, (0, 1, 2)).read(whole(array)), array)


def test_small_planes_share_a_chunk():
    assert chunk_shape((40, 10_000, 8_000)) == (1, 512, 512)
    assert chunk_shape((5000, 24, 24)) == (455, 24, 24)
    assert chunk_shape((0, 5)) == (1, 5)
    assert shard_shape((10, 10), (5, 5)) is None
    assert shard_shape((40, 60_000, 1000), (1, 512, 512)) is None
    assert shard_shape((40, 60_000, 60_000), (1, 512, 512)) == (1, 4096, 4096)


@pytest.mark.parametrize("shape", [(5, 7), (1, 1, 1), (3, 100, 60), (2, 2, 0), (4, 33, 33)])
def test_blocks_cover_everything_once(shape, monkeypatch):
    monkeypatch.setattr(zarr_layout, "BLOCK_BYTES", 2048)
    monkeypatch.setattr(zarr_layout, "CHUNK_SIDE", 16)
    monkeypatch.setattr(zarr_layout, "CHUNK_PIXELS", 256)
    seen = np.zeros(shape, int)
    for block in blocks(shape, block_shape(shape, chunk_shape(shape), 2)):
        seen[block] += 1
        assert seen[block].nbytes // 4 <= 2048
    assert (seen == 1).all()


def test_pixels_are_a_small_reference(tmp_path):
    write_array(tmp_path / "a", ArrayPixels(ramp((64, 64))), (0, 1), "yx", np.dtype("u2"))
    pixels = pickle.loads(pickle.dumps(zarr_pixels(tmp_path / "a", (64, 64), np.dtype("u2"), (0, 1))))
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda y: pixels.read((slice(y, y + 1), slice(0, 64))), range(64)))
    assert np.array_equal(np.concatenate(rows), ramp((64, 64)))


def test_an_array_that_was_replaced_is_noticed(tmp_path):
    write_array(tmp_path / "a", ArrayPixels(ramp((4, 4))), (0, 1), "yx", np.dtype("u2"))
    pixels = zarr_pixels(tmp_path / "a", (4, 4), np.dtype("u2"), (0, 1))
    os.utime(tmp_path / "a" / "zarr.json", ns=(1, 1))
    with pytest.raises(SourceChanged):
        pixels.read((slice(0, 4), slice(0, 4)))


def test_what_is_not_there_or_not_what_was_stated(tmp_path):
    with pytest.raises(NotFound):
        zarr_pixels(tmp_path / "nothing", (4, 4), np.dtype("u2"), (0, 1))
    write_group(tmp_path / "group", {"a": 1})
    with pytest.raises(Malformed):
        zarr_pixels(tmp_path / "group", (4, 4), np.dtype("u2"), (0, 1))
    write_array(tmp_path / "a", ArrayPixels(ramp((4, 4))), (0, 1), "yx", np.dtype("u2"))
    with pytest.raises(Malformed, match="as the study states"):
        zarr_pixels(tmp_path / "a", (4, 5), np.dtype("u2"), (0, 1))
    with pytest.raises(Malformed):
        zarr_pixels(tmp_path / "a", (4, 4), np.dtype("u4"), (0, 1))
    with pytest.raises(TooLarge):
        zarr_pixels(tmp_path / "a", (2**40, 2**40), np.dtype("u2"), (0, 1))
