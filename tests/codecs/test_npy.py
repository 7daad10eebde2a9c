"""NumPy files: mapped region by region, no objects, no half files."""

from __future__ import annotations

import contextlib
import io
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.blocks import write_whole
from segue.codecs.npy import NpyHead, NpyPixels, describe
from segue.codecs.npy_write import npy_blocks, npz_blocks
from segue.codecs.pixel_facts import Facts
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.model.image import ArrayPixels
from segue.storage import handles
from segue.storage.source import Source

ARRAY = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6)
FACTS = Facts(name="µ", role="labels", scale={"x": (0.5, "um")})


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    handles.close_all()


def whole(path: Path, number: int = 0) -> np.ndarray[Any, Any]:
    source = Source(path)
    image = NpyPixels.of(source, describe(source)[number])
    return image.read(tuple(slice(0, size) for size in image.shape))


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize("dtype", ["?", "u1", "i1", "<u2", ">u2", "<i4", ">i8", "u8", "f2", ">f4", "f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_number_type_and_order(tmp_path: Path, dtype: str, order: Any) -> None:
    array = np.asarray(ARRAY.astype(dtype), order=order)
    np.save(tmp_path / "a.npy", array)
    back = whole(tmp_path / "a.npy")
    np.testing.assert_array_equal(back, array)
    assert back.dtype == np.dtype(dtype).newbyteorder("=")
    np.savez(tmp_path / "a.npz", array)
    np.testing.assert_array_equal(whole(tmp_path / "a.npz"), array)
    np.savez_compressed(tmp_path / "b.npz", array)
    np.testing.assert_array_equal(whole(tmp_path / "b.npz"), array)


def test_a_region_is_a_new_writable_array(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ARRAY)
    source = Source(tmp_path / "a.npy")
    image = pickle.loads(pickle.dumps(NpyPixels.of(source, describe(source)[0])))
    part = image.read((slice(1, 3), slice(0, 5), slice(2, 4)))
    np.testing.assert_array_equal(part, ARRAY[1:3, :, 2:4])
    part[...] = 0


@pytest.mark.parametrize(("dtype", "order"), [("float32", "C"), (">u2", "C"), ("int16", "F")])
def test_a_look_is_what_is_read_but_may_be_the_file_itself(tmp_path: Path, dtype: str, order: Any) -> None:
    np.save(tmp_path / "a.npy", np.asarray(ARRAY, dtype, order=order))
    source = Source(tmp_path / "a.npy")
    image = NpyPixels.of(source, describe(source)[0])
    region = (slice(1, 3), slice(0, 5), slice(2, 4))
    seen = image.look(region)
    np.testing.assert_array_equal(seen, image.read(region))
    assert seen.dtype == image.dtype
    assert seen.dtype.isnative
    assert not seen.flags.writeable or seen.base is None, "nobody can write to the file"


def test_an_archive_lists_its_arrays(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(npz(image=ARRAY, labels=ARRAY[0]))
    assert [(head.name, head.shape) for head in describe(Source(tmp_path / "a.npz"))] == [("image", (4, 5, 6)), ("labels", (5, 6))]
    np.testing.assert_array_equal(whole(tmp_path / "a.npz", 1), ARRAY[0])


def write_archive(file: BinaryIO) -> None:
    with npz_blocks(file, "labels", ArrayPixels(ARRAY), "zyx", "zyx", FACTS) as writer:
        write_whole(writer, ArrayPixels(ARRAY))


def test_what_segue_writes_is_ordinary_numpy(tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as file:
        write_whole(npy_blocks(file, ArrayPixels(ARRAY), "zyx", "zyx"), ArrayPixels(ARRAY))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), ARRAY)
    file = io.BytesIO()
    np.save(file, ARRAY)
    assert (tmp_path / "a.npy").read_bytes() == file.getvalue()
    with (tmp_path / "a.npz").open("wb") as target:
        write_archive(target)
    with np.load(tmp_path / "a.npz") as loaded:
        np.testing.assert_array_equal(loaded["labels"], ARRAY)
    (head,) = describe(Source(tmp_path / "a.npz"))
    assert (head.name, head.axes, head.facts) == ("labels", "zyx", FACTS)
    assert head.start > 0
    np.testing.assert_array_equal(whole(tmp_path / "a.npz"), ARRAY)


def test_equal_input_gives_equal_bytes() -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        write_archive(file)
    assert files[0].getvalue() == files[1].getvalue()


class _Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was loaded",))


def test_objects_are_never_loaded(tmp_path: Path) -> None:
    trap = np.array([_Trap()], object)
    np.save(tmp_path / "a.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "b.npz", trap, allow_pickle=True)
    for name in ("a.npy", "b.npz"):
        with pytest.raises(UnsupportedVariant, match="never loads"):
            describe(Source(tmp_path / name))


def test_records_and_texts_are_no_pixels(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(3, [("x", "f4"), ("y", "f4")]))
    with pytest.raises(UnsupportedVariant, match="records"):
        describe(Source(tmp_path / "a.npy"))
    np.save(tmp_path / "b.npy", np.zeros(3, np.complex64))
    with pytest.raises(UnsupportedVariant, match="no pixels"):
        describe(Source(tmp_path / "b.npy"))


@pytest.mark.parametrize("compressed", [False, True])
def test_cut_off_at_every_byte(tmp_path: Path, compressed: bool) -> None:
    small = ARRAY[0, :3].astype(np.uint8)
    npy = io.BytesIO()
    np.save(npy, small)
    archive = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(archive, small)
    for data in (npy.getvalue(), archive.getvalue()):
        for end in range(len(data)):
            (tmp_path / "a.npy").write_bytes(data[:end])
            with pytest.raises((Malformed, WrongFormat)):
                whole(tmp_path / "a.npy")
            handles.close_all()


@given(kind=st.sampled_from(["npy", "npz", "packed"]), at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte(tmp_path_factory: pytest.TempPathFactory, kind: str, at: int, value: int) -> None:
    file = io.BytesIO()
    {"npy": np.save, "npz": np.savez, "packed": np.savez_compressed}[kind](file, ARRAY)
    data = bytearray(file.getvalue())
    data[at % len(data)] = value
    path = tmp_path_factory.mktemp("npy") / "a.npy"
    path.write_bytes(data)
    with contextlib.suppress(SegueError):
        whole(path)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<u2', 'fortran_order': False, 'shape': (99999999999, 9999999999)}",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<u2', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<q99', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<u2', 'shape': (1,)}",
        "[1, 2]",
        "(" * 9000,
        "__import__('os')",
        "9" * 9000,
    ],
)
def test_nonsense_headers(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header.encode() + bytes(8))
    with pytest.raises(SegueError):
        whole(tmp_path / "a.npy")


def test_an_archive_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_BZIP2) as archive:
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (50_000_000,)})
        archive.writestr("a.npy", head.getvalue() + bytes(50_000_000))
    with pytest.raises(TooLarge):
        describe(Source(tmp_path / "a.npz"))


def test_heads_compare_by_content() -> None:
    assert NpyHead("a", (1,), np.dtype("u1"), False, 3) == NpyHead("a", (1,), np.dtype("u1"), False, 3)
