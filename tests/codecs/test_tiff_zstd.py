"""zstd in TIFF is read without optional packages: what segue packs, and frames that do not announce their size, as libtiff writes them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from segue.codecs.tiff import TiffPixels
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_segments import _unzstd
from segue.codecs.tiff_write import write_tiff
from segue.errors import Malformed
from segue.model.image import ArrayPixels, in_memory
from segue.storage.source import Source

WITHOUT_SIZE = bytes.fromhex("28b52ffd0058") + bytes.fromhex("4100006162636465666768")
"""A frame by hand (RFC 8878): magic number, no size announced, a window of 2 MB, one raw block of 8 bytes, the last."""


def test_a_frame_that_does_not_announce_its_size():
    assert _unzstd(WITHOUT_SIZE, 8) == b"abcdefgh"
    with pytest.raises(ValueError, match="expected to decompress 9, got 8"):
        _unzstd(WITHOUT_SIZE, 9)


@pytest.mark.parametrize("cut", [0, 3, 5, 8])
def test_a_frame_that_was_cut_off(cut):
    with pytest.raises(ValueError, match=r"cut off|zstd|Zstd"):
        _unzstd(WITHOUT_SIZE[:cut], 8)


def test_a_frame_that_announces_too_much():
    """Nothing of that size is allocated."""
    with pytest.raises(ValueError, match="announces 18,446,744,073,709,551,615 bytes"):
        _unzstd(bytes.fromhex("28b52ffdc058") + b"\xff" * 8 + bytes(8), 8)


def test_a_frame_that_holds_too_little_is_damage(tmp_path: Path):
    file = io.BytesIO()
    write_tiff(file, Plan("plain", {"y": 3, "x": 5}, np.dtype("u1"), compression="zstd"), ArrayPixels(np.arange(15, dtype=np.uint8).reshape(3, 5)), "yx")
    (tmp_path / "a.tif").write_bytes(file.getvalue())
    np.testing.assert_array_equal(in_memory(TiffPixels.of(Source(tmp_path / "a.tif"))), np.arange(15).reshape(3, 5))
    data = bytearray(file.getvalue())
    height = data.index(b"\x01\x01\x04\x00\x01\x00\x00\x00\x03\x00\x00\x00")
    data[height + 8] = 4
    rows = data.index(b"\x16\x01\x04\x00\x01\x00\x00\x00\x03\x00\x00\x00")
    data[rows + 8] = 4
    (tmp_path / "b.tif").write_bytes(data)
    with pytest.raises(Malformed, match="15 bytes instead of 20"):
        in_memory(TiffPixels.of(Source(tmp_path / "b.tif")))
