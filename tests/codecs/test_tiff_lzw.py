"""LZW: what libtiff writes, the compiled kernel and its plain twin alike, and no damage that is not reported."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segue.codecs import tiff_lzw
from segue.codecs.tiff import TiffPixels
from segue.codecs.tiff_tags import read_structure
from segue.errors import Malformed
from segue.storage.source import Source

RANDOM = np.random.default_rng(0)
PICTURES = {
    "noise": RANDOM.integers(0, 256, (211, 307)).astype(np.uint8),
    "smooth": (np.add.outer(np.arange(211), np.arange(307)) // 5 % 256).astype(np.uint8),
    "constant": np.full((211, 307), 7, np.uint8),
    "labels": (RANDOM.integers(0, 4, (22, 31)).repeat(10, 0).repeat(10, 1)).astype(np.uint8),
}


def strips(path: Path) -> list[tuple[bytes, int]]:
    """(data, decoded size) of every strip."""
    (page,) = read_structure(path).pages
    data = path.read_bytes()
    height, width, rows = page.number(257), page.number(256), page.number(278)
    sizes = [min(rows, height - start) * width for start in range(0, height, rows)]
    return [(data[start : start + count], size) for start, count, size in zip(page.numbers(273), page.numbers(279), sizes, strict=True)]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("compiled", [False, True])
def test_what_libtiff_writes(tmp_path: Path, name: str, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_lzw, "SMALL", 0 if compiled else 1 << 30)
    Image.fromarray(PICTURES[name]).save(tmp_path / "a.tif", compression="tiff_lzw", tiffinfo={278: 211})
    image = TiffPixels.of(Source(tmp_path / "a.tif"))
    np.testing.assert_array_equal(image.read((slice(0, image.shape[0]), slice(0, image.shape[1]))), PICTURES[name])


@given(data=st.binary(max_size=200), size=st.integers(1, 500))
def test_the_compiled_kernel_equals_its_plain_twin(data: bytes, size: int) -> None:
    from segue.codecs.tiff_lzw_kernel import decode

    out = np.zeros(size, np.uint8)
    count = decode(np.frombuffer(data, np.uint8), out)
    expected: Any = None
    with contextlib.suppress(ValueError):
        expected = tiff_lzw._plain(data, size)
    assert (None if count < 0 else out[:count].tobytes()) == expected


@pytest.mark.parametrize("damage", [slice(0, -40), slice(10, None)])
def test_damaged_data_are_refused(tmp_path: Path, damage: slice) -> None:
    Image.fromarray(PICTURES["smooth"]).save(tmp_path / "a.tif", compression="tiff_lzw")
    found = [(data[damage], size) for data, size in strips(tmp_path / "a.tif")]
    wrong = 0
    for data, size in found:
        try:
            wrong += len(tiff_lzw.lzw_decode(data, size)) < size
        except ValueError:
            wrong += 1
    assert wrong == len(found)


def test_a_cut_strip_is_malformed(tmp_path: Path) -> None:
    Image.fromarray(PICTURES["smooth"]).save(tmp_path / "a.tif", compression="tiff_lzw", tiffinfo={278: 211})
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (page,) = read_structure(tmp_path / "a.tif").pages
    start, count = page.number(273), page.number(279)
    data[start + count // 2 : start + count] = bytes(count - count // 2)
    (tmp_path / "a.tif").write_bytes(data)
    image = TiffPixels.of(Source(tmp_path / "a.tif"))
    with pytest.raises(Malformed):
        image.read((slice(0, image.shape[0]), slice(0, image.shape[1])))
