"""Bands of PNG as the compiled kernels pack them: every decoder reads the same pixels, and the checksums are zlib's."""

from __future__ import annotations

import io
import pickle
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from segue.codecs import png_write
from segue.codecs.adler_kernel import MOST, checksum
from segue.codecs.deflate_kernel import BLOCK
from segue.codecs.pixel_facts import Facts
from segue.codecs.png_write import packed, write_png
from segue.model.image import ArrayPixels
from segue.tasks.workers import Threads

R = np.random.default_rng(8)
NOISE = R.integers(0, 256, (300, 500), dtype=np.uint8)
CASES = {
    "noise, which is stored": np.cumsum(NOISE, 0, dtype=np.uint8),
    "one value": np.full((300, 1000), 7, np.uint8),
    "zeros from the first byte on": np.zeros((2000, 300), np.uint8),
    "one row": NOISE[:1],
    "one column": NOISE[:, :1],
    "one pixel": NOISE[:1, :1],
    "smooth": (np.add.outer(np.arange(700), np.arange(900)) // 5 + R.integers(0, 3, (700, 900))).astype(np.uint8),
    "labels": np.kron(R.integers(0, 200, (20, 30), dtype=np.uint8), np.ones((31, 29), np.uint8)),
    "rows longer than a block": R.integers(0, 3, (3, BLOCK + 1000), dtype=np.uint8),
    "rows of a little more than half a block": R.integers(0, 9, (5, BLOCK // 2 + 10), dtype=np.uint8),
    "colours": R.integers(100, 110, (200, 300, 3), dtype=np.uint8),
    "16 bits": R.integers(500, 700, (200, 300)).astype(np.uint16),
    "16 bits, four samples": R.integers(0, 65_536, (20, 30, 4)).astype(np.uint16),
}


def pieces(array: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], tuple[Any, int, int]]:
    """(the filtered rows as the plain twin makes them, the packed band)."""
    axes, dtype = "yxc"[: array.ndim], array.dtype.newbyteorder(">")
    rows = np.ascontiguousarray(array, dtype).reshape(len(array), -1).view(np.uint8)
    step = (array.shape[2] if array.ndim == 3 else 1) * dtype.itemsize
    return png_write._filtered(rows, step), packed(array, axes, dtype, compiled=True)


@pytest.mark.parametrize("array", CASES.values(), ids=CASES)
def test_a_band_is_a_piece_of_a_stream(array: np.ndarray[Any, Any]) -> None:
    rows, (chunk, adler, length) = pieces(array)
    data = bytes(chunk)
    unpacker = zlib.decompressobj(-15)
    assert unpacker.decompress(data[8:-4]) == rows.tobytes()
    assert not unpacker.eof
    assert int.from_bytes(data[:4], "big") == len(data) - 12 <= rows.size + rows.size // 100 + 200
    assert int.from_bytes(data[-4:], "big") == zlib.crc32(data[4:-4])
    assert (adler, length) == (zlib.adler32(rows.data), rows.size)


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 90)), elements=st.sampled_from([0, 0, 0, 1, 255])))
def test_so_is_any_other(array: np.ndarray[Any, Any]) -> None:
    rows, (chunk, adler, _) = pieces(array)
    assert zlib.decompressobj(-15).decompress(bytes(chunk)[8:-4]) == rows.tobytes()
    assert adler == zlib.adler32(rows.data)


def test_other_workers_can_pack_it() -> None:
    _, (chunk, *_) = pieces(NOISE)
    assert bytes(pickle.loads(pickle.dumps(chunk))) == bytes(chunk)


@pytest.mark.parametrize("workers", [1, 2])
def test_files_of_several_bands(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_write, "SMALL", 0)
    monkeypatch.setattr("segue.codecs.boxes.BOX_BYTES", 70_000)
    for array in (CASES["smooth"], CASES["labels"], CASES["colours"], CASES["16 bits"]):
        file = io.BytesIO()
        write_png(file, ArrayPixels(array), "yxc"[: array.ndim], Facts(), workers=Threads(workers))
        assert file.getvalue().count(b"IDAT") > 3
        np.testing.assert_array_equal(np.asarray(Image.open(file)), array)


def test_runs_of_a_frequent_byte_have_to_be_longer() -> None:
    """Four zeros among many cost less than a repetition; so the file is not larger than with Huffman's codes alone."""
    rows = R.choice([0, 0, 0, 1, 2, 3], (400, 500)).astype(np.uint8)
    chunk, *_ = packed(np.cumsum(rows, 0, dtype=np.uint8), "yx", np.dtype(np.uint8), compiled=True)
    alone = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_HUFFMAN_ONLY)
    assert len(chunk) <= len(alone.compress(png_write._filtered(np.cumsum(rows, 0, dtype=np.uint8), 1).tobytes()) + alone.flush()) + 100


@pytest.mark.parametrize("data", [b"", b"a", bytes(MOST), b"\xff" * (3 * MOST + 1), NOISE.tobytes()], ids=len)
def test_the_checksum_is_zlibs(data: bytes) -> None:
    assert checksum(np.frombuffer(data, np.uint8)) == zlib.adler32(data)


@given(st.binary(max_size=300), st.integers(1, 90))
def test_the_checksum_is_zlibs_for_anything(data: bytes, times: int) -> None:
    assert checksum(np.frombuffer(data * times, np.uint8)) == zlib.adler32(data * times)
