"""PNG files: what Pillow and scikit-image see, at every bit depth, and nothing but errors of ours for damaged ones."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segue.codecs import boxes, png_rows
from segue.codecs.colours import label_colours
from segue.codecs.pixel_facts import Facts
from segue.codecs.png import PngPixels, decoded_bytes, describe
from segue.codecs.png_chunks import SIGNATURE, read_chunks
from segue.codecs.png_write import joined, write_png
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.model.image import ArrayPixels
from segue.storage import handles
from segue.storage.source import Source
from segue.tasks.workers import Threads

RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    handles.close_all()


def whole(path: Path, *, indices: bool = False) -> np.ndarray[Any, Any]:
    image = PngPixels.of(Source(path), indices=indices)
    return image.read(tuple(slice(0, size) for size in image.shape))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(height: int, width: int, depth: int, colour: int, rows: bytes, extra: bytes = b"", interlace: int = 0) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    return SIGNATURE + head + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def written(array: np.ndarray[Any, Any], facts: Facts | None = None, colours: np.ndarray[Any, Any] | None = None) -> bytes:
    file = io.BytesIO()
    write_png(file, ArrayPixels(array), "yxc"[: array.ndim], facts or Facts(), colours)
    return file.getvalue()


class TestReading:
    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "1", "I;16"])
    @pytest.mark.parametrize("size", [(23, 31), (1, 1), (7, 200)])
    def test_what_pillow_writes(self, tmp_path: Path, mode: str, size: tuple[int, int]) -> None:
        samples = {"RGB": 3, "RGBA": 4, "LA": 2}.get(mode, 1)
        array = RANDOM.integers(0, 65_536 if mode == "I;16" else 2 if mode == "1" else 256, (*size, samples))
        smooth = np.cumsum(array, axis=1) // 7 % array.max(initial=1)
        stored = smooth.astype(np.uint16 if mode == "I;16" else bool if mode == "1" else np.uint8)
        Image.fromarray(stored[:, :, 0] if samples == 1 else stored).save(tmp_path / "a.png", optimize=True)
        back = whole(tmp_path / "a.png")
        assert back.dtype == (np.uint16 if mode == "I;16" else np.uint8)
        expected = stored[:, :, 0] if samples == 1 else np.moveaxis(stored, -1, 0)
        np.testing.assert_array_equal(back, expected)

    def test_16_bit_colour_is_not_reduced(self, tmp_path: Path) -> None:
        array = RANDOM.integers(0, 65_536, (5, 7, 3)).astype(np.uint16)
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
        (tmp_path / "a.png").write_bytes(png(5, 7, 16, 2, rows))
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), np.moveaxis(array, -1, 0))

    @pytest.mark.parametrize("depth", [1, 2, 4])
    def test_few_bits_are_values_not_shades(self, tmp_path: Path, depth: int) -> None:
        values = np.arange(13) % (1 << depth)
        bits = "".join(f"{value:0{depth}b}" for value in values)
        row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
        (tmp_path / "a.png").write_bytes(png(2, 13, depth, 0, (b"\0" + row) * 2))
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), [values, values])

    def test_a_palette_is_colours_or_indices(self, tmp_path: Path) -> None:
        indices = RANDOM.integers(0, 5, (9, 11)).astype(np.uint8)
        image = Image.frombytes("P", (11, 9), indices.tobytes())
        image.putpalette(label_colours()[:5].reshape(-1).tolist())
        image.save(tmp_path / "a.png")
        np.testing.assert_array_equal(whole(tmp_path / "a.png", indices=True), indices)
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), np.moveaxis(label_colours()[indices], -1, 0))

    def test_interlaced_files(self, tmp_path: Path) -> None:
        array = np.arange(9 * 10, dtype=np.uint8).reshape(9, 10)
        passes = [array[t::d, x::r] for t, x, d, r in ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))]
        rows = b"".join(b"\0" + row.tobytes() for part in passes for row in part if part.size)
        (tmp_path / "a.png").write_bytes(png(9, 10, 8, 0, rows, interlace=1))
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), array)
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), array)

    def test_regions(self, tmp_path: Path) -> None:
        array = RANDOM.integers(0, 256, (20, 30, 3)).astype(np.uint8)
        Image.fromarray(array).save(tmp_path / "a.png")
        part = PngPixels.of(Source(tmp_path / "a.png")).read((slice(1, 3), slice(5, 9), slice(0, 30)))
        np.testing.assert_array_equal(part, np.moveaxis(array, -1, 0)[1:3, 5:9])

    @pytest.mark.golden
    def test_real_files(self, golden: Path) -> None:
        for path in sorted(golden.rglob("*.png")):
            expected = np.asarray(Image.open(path))
            np.testing.assert_array_equal(whole(path), np.moveaxis(expected, -1, 0) if expected.ndim == 3 else expected)


class TestFilters:
    @pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 8])
    def test_the_compiled_kernel_equals_its_plain_twin(self, step: int) -> None:
        from segue.codecs.png_rows_kernel import undo

        rows = RANDOM.integers(0, 256, (40, 1 + 8 * step)).astype(np.uint8)
        rows[:, 0] = np.arange(40) % 5
        out = np.empty((40, 8 * step), np.uint8)
        undo(rows, step, out)
        np.testing.assert_array_equal(out, png_rows._by_rows(rows, step))

    def test_large_files(self, tmp_path: Path) -> None:
        array = (np.add.outer(np.arange(700), np.arange(900)) // 3 % 251).astype(np.uint8)
        Image.fromarray(array).save(tmp_path / "a.png")
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), array)


class TestWriting:
    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    @pytest.mark.parametrize("samples", [1, 2, 3, 4])
    def test_what_is_written_comes_back(self, tmp_path: Path, dtype: str, samples: int) -> None:
        array = RANDOM.integers(0, np.iinfo(dtype).max, (13, 17, samples)).astype(dtype)
        facts = Facts(name="a µ\n\0", role="image", scale={"x": (0.5, "um"), "y": (0.25, "um")}, channels=tuple("abcd"[:samples]))
        (tmp_path / "a.png").write_bytes(written(array, facts))
        np.testing.assert_array_equal(whole(tmp_path / "a.png"), array[:, :, 0] if samples == 1 else np.moveaxis(array, -1, 0))
        assert describe(Source(tmp_path / "a.png")).facts == facts
        assert describe(Source(tmp_path / "a.png")).scale == {"x": (0.5, "um"), "y": (0.25, "um")}

    def test_pillow_reads_it(self, tmp_path: Path) -> None:
        for array in (RANDOM.integers(0, 256, (13, 17, 3)).astype(np.uint8), RANDOM.integers(0, 65_536, (13, 17)).astype(np.uint16)):
            (tmp_path / "a.png").write_bytes(written(array))
            np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), array)

    def test_labels_get_a_palette(self, tmp_path: Path) -> None:
        labels = (np.arange(13 * 17) % 250).reshape(13, 17).astype(np.uint8)
        (tmp_path / "a.png").write_bytes(written(labels, colours=label_colours()))
        image = Image.open(tmp_path / "a.png")
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), labels)
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), label_colours()[labels])

    @pytest.mark.parametrize("workers", [1, 3])
    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    @pytest.mark.parametrize("axes", ["yx", "cyx", "xcy", "yxc"])
    def test_bands_from_several_workers(self, axes: str, dtype: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pillow checks the checksum of the whole, which is made of those of the bands."""
        monkeypatch.setattr(boxes, "BOX_BYTES", 700)
        array = RANDOM.integers(0, 256, [{"c": 3, "y": 41, "x": 29}[axis] for axis in axes]).astype(dtype)
        file = io.BytesIO()
        write_png(file, ArrayPixels(array), axes, Facts(), workers=Threads(workers))
        assert file.getvalue().count(b"IDAT") > 2
        wanted = array.transpose([axes.index(axis) for axis in "yxc" if axis in axes])
        pixels = decoded_bytes(file.getvalue(), Path("a.png"))
        np.testing.assert_array_equal(pixels, wanted)
        if dtype == "uint8" or "c" not in axes:
            np.testing.assert_array_equal(np.asarray(Image.open(file)), wanted)
        packed = b"".join(body for kind, body in read_chunks(file.getvalue(), Path("a.png")) if kind == b"IDAT")
        assert len(zlib.decompress(packed)) == 41 * (1 + wanted[0].nbytes)

    @given(first=st.binary(max_size=300), second=st.binary(max_size=300), times=st.integers(1, 700))
    def test_checksums_of_pieces_are_joined(self, first: bytes, second: bytes, times: int) -> None:
        second = second * times
        assert joined(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)

    def test_equal_input_gives_equal_bytes(self) -> None:
        assert written(np.ones((5, 7), np.uint8)) == written(np.ones((5, 7), np.uint8))

    @pytest.mark.parametrize("dtype", ["int8", "uint32", "float32", "bool"])
    def test_other_types_are_refused(self, dtype: str) -> None:
        with pytest.raises(UnsupportedVariant, match="write TIFF instead"):
            written(np.ones((5, 7), dtype))


class TestHostile:
    def test_a_bomb_is_refused_before_it_goes_off(self, tmp_path: Path) -> None:
        tracemalloc.start()
        for height, width in ((2**31 - 1, 2**31 - 1), (30_000, 30_000), (1, 2**30)):
            (tmp_path / "a.png").write_bytes(png(height, width, 16, 6, b"\0" * 100))
            with pytest.raises(TooLarge):
                whole(tmp_path / "a.png")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        tracemalloc.stop()

    def test_cut_off_at_every_byte(self, tmp_path: Path) -> None:
        data = written(RANDOM.integers(0, 9, (12, 9)).astype(np.uint8), Facts(name="a"), label_colours())
        for end in range(len(data)):
            (tmp_path / "a.png").write_bytes(data[:end])
            with pytest.raises((Malformed, WrongFormat, TooLarge)):
                whole(tmp_path / "a.png")

    @given(at=st.integers(0, 10_000), value=st.integers(0, 255))
    def test_a_changed_byte(self, tmp_path_factory: pytest.TempPathFactory, at: int, value: int) -> None:
        data = bytearray(written(RANDOM.integers(0, 9, (12, 9)).astype(np.uint8)))
        data[at % len(data)] = value
        path = tmp_path_factory.mktemp("png") / "a.png"
        path.write_bytes(data)
        with contextlib.suppress(SegueError):
            whole(path)

    @pytest.mark.parametrize(
        "data",
        [
            png(2, 3, 8, 0, b"\0abc"),
            png(2, 3, 8, 0, b"\7abc\0abc"),
            png(2, 3, 8, 3, b"\0abc\0abc"),
            png(2, 3, 3, 0, b"\0abc\0abc"),
            png(0, 3, 8, 0, b""),
            SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
            SIGNATURE + chunk(b"IEND", b""),
        ],
    )
    def test_nonsense(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a.png").write_bytes(data)
        with pytest.raises(Malformed):
            whole(tmp_path / "a.png")

    def test_animations_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(png(2, 3, 8, 0, b"\0abc\0abc", extra=chunk(b"acTL", bytes(8))))
        with pytest.raises(UnsupportedVariant, match="animated"):
            whole(tmp_path / "a.png")
