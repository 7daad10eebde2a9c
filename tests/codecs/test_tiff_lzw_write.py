"""Packing with LZW: what is unpacked is what was packed, by libtiff too; the compiled kernel and its plain twin write the same bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segue.codecs import tiff_lzw_write
from segue.codecs.tiff_lzw import lzw_decode
from segue.codecs.tiff_lzw_write import lzw_encode
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.model.image import ArrayPixels

RANDOM = np.random.default_rng(0)
CASES = {
    "nothing": b"",
    "one": b"a",
    "noise": RANDOM.integers(0, 256, 20_000).astype(np.uint8).tobytes(),
    "constant": bytes(300_000),
    "ramp": bytes(range(256)) * 300,
    "labels": np.repeat(RANDOM.integers(0, 4, 3000), 11).astype(np.uint8).tobytes(),
    **{f"length {count}": RANDOM.integers(0, 256, count).astype(np.uint8).tobytes() for count in (252, 253, 254, 255, 765, 766, 3834, 3835, 3836, 3837, 3838)},
}


@pytest.mark.parametrize("name", CASES)
def test_unpacked_is_what_was_packed(name, monkeypatch):
    packed = lzw_encode(CASES[name])
    monkeypatch.setattr(tiff_lzw_write, "SMALL", 1 << 30)
    assert lzw_encode(CASES[name]) == packed
    assert lzw_decode(packed, len(CASES[name])) == CASES[name]


@given(data=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 400)), max_size=60))
def test_twins(data):
    from segue.codecs.tiff_lzw_write_kernel import encode

    raw = b"".join(bytes([value]) * count for value, count in data)
    out = np.empty(2 * len(raw) + 64, np.uint8)
    packed = out[: encode(np.frombuffer(raw, np.uint8), out)].tobytes()
    assert packed == tiff_lzw_write._plain(raw)
    assert lzw_decode(packed, len(raw)) == raw


@pytest.mark.parametrize("kind", ["noise", "labels"])
def test_libtiff_reads_it(kind):
    array = RANDOM.integers(0, 65_536, (300, 211)).astype(np.uint16) if kind == "noise" else (np.add.outer(np.arange(300), np.arange(211)) // 40).astype("u2")
    file = io.BytesIO()
    write_tiff(file, Plan("plain", {"y": 300, "x": 211}, array.dtype, compression="lzw"), ArrayPixels(array), "yx")
    with Image.open(file) as picture:
        np.testing.assert_array_equal(np.asarray(picture), array)
