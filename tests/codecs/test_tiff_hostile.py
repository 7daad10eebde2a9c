"""Damaged TIFF files: only errors that segue raises on purpose, never fewer planes, in bounded time and memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.tiff import TiffPixels, describe
from segue.errors import SegueError
from segue.storage import handles
from segue.storage.source import Source

STACK = np.random.default_rng(0).integers(0, 250, (3, 8, 10), np.uint8)
FILES: dict[str, dict[str, Any]] = {
    "plain": {"metadata": None, "photometric": "minisblack"},
    "imagej": {"imagej": True},
    "json": {"metadata": {"axes": "ZYX"}, "photometric": "minisblack"},
    "ome": {"ome": True, "metadata": {"axes": "ZYX"}, "photometric": "minisblack"},
    "deflate": {"metadata": None, "photometric": "minisblack", "compression": "zlib", "tile": (16, 16), "bigtiff": True},
    "rgb": {"metadata": None, "photometric": "rgb", "planarconfig": "separate", "rowsperstrip": 3},
}


def file(kind: str) -> bytes:
    target = io.BytesIO()
    tifffile.imwrite(target, STACK, **FILES[kind])
    return target.getvalue()


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    handles.close_all()


def attempt(path: Path, data: bytes) -> np.ndarray[Any, Any] | None:
    """What is read, None where segue refuses."""
    path.write_bytes(data)
    try:
        source = Source(path)
        found = [TiffPixels(source, number, one.shape, one.dtype) for number, one in enumerate(describe(source))]
        return next(image.read(tuple(slice(0, min(size, 64)) for size in image.shape)) for image in found)
    except SegueError:
        return None
    finally:
        handles.close_all()


@pytest.mark.parametrize("kind", FILES)
def test_cut_off_at_every_byte(tmp_path: Path, kind: str) -> None:
    data = file(kind)
    whole = attempt(tmp_path / "a.tif", data)
    assert whole is not None
    for end in range(len(data)):
        found = attempt(tmp_path / "a.tif", data[:end])
        assert found is None or (end >= len(data) - 16 and np.array_equal(found, whole)), f"{end} of {len(data)} bytes were enough"


@pytest.mark.parametrize("kind", FILES)
def test_every_byte_of_the_structure_replaced(tmp_path: Path, kind: str) -> None:
    data = file(kind)
    for at in range(min(len(data), 320)):
        for value in (255, data[at] ^ 1):
            attempt(tmp_path / "a.tif", data[:at] + bytes([value]) + data[at + 1 :])


@given(kind=st.sampled_from(sorted(FILES)), changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_random_damage(tmp_path_factory: pytest.TempPathFactory, kind: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(file(kind))
    for where, value in changes:
        data[int(where * (len(data) - 1))] = value
    attempt(tmp_path_factory.mktemp("damage") / "a.tif", bytes(data))


def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path) -> None:
    """A page of 2^31 x 2^31 pixels in a single strip of 10 bytes."""
    entries = [(256, 4, 1, 0x7FFFFFFF), (257, 4, 1, 0x7FFFFFFF), (258, 3, 1, 8), (259, 3, 1, 8), (273, 4, 1, 8), (278, 4, 1, 0x7FFFFFFF), (279, 4, 1, 10)]
    data = struct.pack("<2sHI", b"II", 42, 20) + bytes(12) + struct.pack("<H", len(entries))
    data += b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    tracemalloc.start()
    assert attempt(tmp_path / "a.tif", data) is None
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_page_without_pixels_is_no_image(tmp_path: Path) -> None:
    data = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", 1) + struct.pack("<HHII", 256, 4, 1, 5) + bytes(4)
    assert attempt(tmp_path / "a.tif", data) is None
