"""ZIP files as columns: what is read equals what any other program reads, and what is hostile is refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.zip_directory import Limits, read_directory
from segue.codecs.zip_read import read_zip
from segue.codecs.zip_write import ZipWriter
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant


def made(entries, *, level=1, comment=b"", threads=2):
    """A ZIP file of (name, bytes) pairs, by our writer."""
    file = io.BytesIO()
    writer = ZipWriter(file, level=level, threads=threads)
    start = np.cumsum([0, *(len(content) for _, content in entries)])
    writer.add([name for name, _ in entries], np.frombuffer(b"".join(content for _, content in entries), np.uint8), start)
    writer.finish(comment)
    return file.getvalue()


def by_python(entries, compression=zipfile.ZIP_DEFLATED, comment=b""):
    """A ZIP file by Python's own writer."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.comment = comment
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def listed(data, limits=None):
    entries = read_zip(data, limits)
    return [(name, bytes(entries.buffer[a:b])) for name, a, b in zip(entries.names, entries.start[:-1], entries.start[1:], strict=True)]


SAMPLE = [("0001-0045.roi", b"Iout" + bytes(200)), ("é/µ 🙂:.roi", b"x"), ("empty", b""), ("folder/", b""), ("a" * 300, bytes(range(256)) * 900)]


@pytest.mark.parametrize("level", [0, 1, 6])
class TestWriting:
    def test_python_reads_the_same_entries(self, level):
        with zipfile.ZipFile(io.BytesIO(made(SAMPLE, level=level, comment=b"{}"))) as archive:
            assert archive.testzip() is None
            assert [(info.filename, archive.read(info)) for info in archive.infolist()] == SAMPLE
            assert archive.comment == b"{}"
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_we_read_the_same_entries(self, level):
        assert listed(made(SAMPLE, level=level)) == SAMPLE

    def test_same_input_same_bytes_whatever_the_threads(self, level):
        many = [(f"{number}.roi", number.to_bytes(4, "big") * 300) for number in range(1000)]
        assert made(many, level=level, threads=1) == made(many, level=level, threads=2)


def test_more_than_65535_entries_need_zip64():
    many = [(f"{number}", b"") for number in range(65_600)]
    data = made(many, level=0)
    assert b"PK\6\6" in data
    assert read_zip(data).names == [name for name, _ in many]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 65_600


def test_an_archive_of_65534_entries_does_without_zip64():
    assert b"PK\6\6" not in made([("x", b"")] * 65_534, level=0)


def test_entries_beyond_4_gib_get_64_bit_places():
    file = io.BytesIO()
    writer = ZipWriter(file, level=0)
    writer._at = 1 << 33
    writer.add(["far"], np.frombuffer(b"abc", np.uint8), np.array([0, 3]))
    writer.finish()
    central = file.getvalue().index(b"PK\1\2")
    name, extra = struct.unpack_from("<2H", file.getvalue(), central + 28)
    assert struct.unpack_from("<HHQQQ", file.getvalue(), central + 46 + name) == (1, 24, 3, 3, 1 << 33)
    assert extra == 28


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_reads_what_python_writes(compression):
    assert listed(by_python(SAMPLE, compression)) == SAMPLE


def test_reads_an_entry_with_64_bit_sizes():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("wide", "w", force_zip64=True) as entry:
        entry.write(b"abc")
    assert listed(file.getvalue()) == [("wide", b"abc")]


def test_reads_what_java_streams_with_sizes_behind_the_data(golden):
    path = golden / "imagej/blobs_RoiSet.zip"
    with zipfile.ZipFile(path) as archive:
        expected = [(info.filename, archive.read(info)) for info in archive.infolist()]
        assert {info.flag_bits & 8 for info in archive.infolist()} == {8}
    assert listed(path.read_bytes()) == expected


def test_equal_names_stay_separate_entries():
    assert listed(made([("same", b"1"), ("same", b"2")])) == [("same", b"1"), ("same", b"2")]


def test_names_are_only_data():
    names = ["../../etc/passwd", "/absolute", "C:\\x", ""]
    assert read_zip(made([(name, b"") for name in names])).names == names


@pytest.mark.parametrize(("raw", "flag", "name"), [("é".encode(), 0, "é"), (b"\x82", 0, "é"), (b"\xff", 0x800, "\ufffd")])
def test_names_without_the_utf8_flag(raw, flag, name):
    data = bytearray(made([("x" * len(raw), b"")], level=0))
    central = data.index(b"PK\1\2")
    data[central + 8 : central + 10] = flag.to_bytes(2, "little")
    data[central + 46 : central + 46 + len(raw)] = raw
    assert read_zip(bytes(data)).names == [name]


def test_bytes_before_the_archive_do_not_matter():
    assert listed(b"#!/bin/sh\n" + made(SAMPLE)) == SAMPLE


def test_an_empty_archive():
    assert listed(made([], comment=b"nothing")) == []


class TestHostile:
    def test_cut_off_anywhere(self):
        data = made(SAMPLE[:3], comment=b"c")
        for length in range(len(data)):
            with pytest.raises(SegueError):
                read_zip(data[:length])

    @given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4), st.sampled_from([0, 6]))
    def test_flipped_bytes(self, changes, level):
        data = bytearray(made(SAMPLE[:3], level=level))
        for place, value in changes:
            data[place % len(data)] = value
        with contextlib.suppress(SegueError):
            read_zip(bytes(data), Limits(total=1 << 20))

    def test_a_bomb_of_zeros(self):
        data = by_python([("zeros", bytes(5_000_000))])
        with pytest.raises(TooLarge):
            read_zip(data, Limits(total=1_000_000))

    def test_a_size_that_lies(self):
        data = bytearray(by_python([("zeros", bytes(100_000))]))
        central = data.index(b"PK\1\2")
        data[central + 24 : central + 28] = (1000).to_bytes(4, "little")
        with pytest.raises(Malformed):
            read_zip(bytes(data))

    def test_a_claim_that_deflate_cannot_fulfil(self):
        data = bytearray(by_python([("zeros", bytes(100_000))]))
        central = data.index(b"PK\1\2")
        data[central + 24 : central + 28] = (1 << 30).to_bytes(4, "little")
        with pytest.raises(Malformed):
            read_directory(bytes(data))

    def test_entries_that_share_bytes(self):
        data = made([("a", bytes(50)), ("b", bytes(50))], level=0)
        first = data.index(b"PK\1\2")
        second = data.index(b"PK\1\2", first + 1)
        overlapping = bytearray(data)
        overlapping[second + 42 : second + 46] = overlapping[first + 42 : first + 46]
        with pytest.raises(Malformed):
            read_zip(bytes(overlapping))

    def test_too_many_entries(self):
        with pytest.raises(TooLarge):
            read_zip(made([("x", b"")] * 11), Limits(entries=10))

    @pytest.mark.parametrize(("place", "value"), [(8, 1), (10, 12), (34, 1)])
    def test_encrypted_other_methods_and_pieces(self, place, value):
        data = bytearray(made([("x", b"abc")]))
        data[data.index(b"PK\1\2") + place] |= value
        with pytest.raises(UnsupportedVariant):
            read_zip(bytes(data))

    def test_a_wrong_checksum(self):
        data = bytearray(made([("x", b"abc")], level=0))
        data[data.index(b"abc")] = ord("b")
        with pytest.raises(Malformed, match="'x'"):
            read_zip(bytes(data))
        assert zlib.crc32(b"bbc") != zlib.crc32(b"abc")
