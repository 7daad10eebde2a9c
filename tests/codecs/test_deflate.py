"""Streams of our own Deflate: every decoder of the world unpacks them."""

from __future__ import annotations

import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.deflate import gzip_packed, packed, zlib_packed
from segue.codecs.deflate_kernel import BLOCK, WINDOW

R = np.random.default_rng(5)
NOISE = R.integers(0, 256, 3 * BLOCK + 17, dtype=np.uint8)


def _fibonacci() -> bytes:
    """Counts of which Huffman's codes would be longer than 15 bits."""
    counts = [1, 1]
    while len(counts) < 24:
        counts.append(counts[-1] + counts[-2])
    return R.permutation(np.repeat(np.arange(24, dtype=np.uint8), counts)).tobytes()


CASES = {
    "nothing": b"",
    "one byte": b"a",
    "seven bytes": b"abcdefg",
    "a run": b"a" * 100_000,
    "runs that end with a block": b"\0" * BLOCK + b"\1" * BLOCK,
    "one byte more than a block": bytes(BLOCK + 1),
    "noise, which is stored": NOISE.tobytes(),
    "noise of one block": NOISE[:BLOCK].tobytes(),
    "two values": (NOISE[:100_000] & 1).tobytes(),
    "few large values": R.geometric(0.02, 400_000).clip(0, 255).astype(np.uint8).tobytes(),
    "steps": np.cumsum(NOISE[:100_000] & 1).astype(np.int32).tobytes(),
    "labels": np.repeat(R.integers(0, 5000, 3000), R.integers(1, 300, 3000)).astype(np.uint32).tobytes(),
    "a repetition at the longest distance": NOISE[:WINDOW].tobytes() * 2,
    "one beyond it": NOISE[: WINDOW + 1].tobytes() * 2,
    "a period longer than a run": bytes(range(256)) * 3000,
    "codes that are cut to 15 bits": _fibonacci(),
}


@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_it_is_unpacked_to_the_same_bytes(data, runs):
    assert _unpacked(packed(data, runs=runs)) == data
    assert len(packed(data, runs=runs)) <= len(data) + len(data) // 1000 + 64


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(1, 400)), max_size=30), st.booleans())
def test_so_is_whatever_repeats_itself(pieces, runs):
    data = b"".join(piece * times for piece, times in pieces)
    assert _unpacked(packed(data, runs=runs)) == data


@given(st.integers(2, 255), st.integers(0, 3 * BLOCK), st.integers(0, 1 << 30), st.booleans())
def test_so_are_random_bytes_of_some_values(values, size, seed, runs):
    data = np.random.default_rng(seed).integers(0, values, size, dtype=np.uint8).tobytes()
    assert _unpacked(packed(data, runs=runs)) == data


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_pieces_follow_each_other_in_one_stream(data):
    stream = packed(data, last=False) + packed(b"and more", last=False, runs=True) + packed(data)
    assert _unpacked(stream) == data + b"and more" + data


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_it_stands_in_the_containers_of_zlib_and_gzip(data):
    assert zlib.decompress(zlib_packed(data, compiled=True)) == data
    assert gzip.decompress(gzip_packed(data, compiled=True)) == data


def test_labels_and_noise_are_packed_about_as_small_as_by_zlib():
    for name, most in (("labels", 1.15), ("few large values", 1.02), ("two values", 1.05), ("a run", 1.6)):
        data = CASES[name]
        assert len(packed(data)) <= most * len(zlib.compress(data, 1)), name


def test_equal_bytes_give_equal_streams():
    data = CASES["labels"]
    assert packed(data) == packed(memoryview(bytearray(data)))


def _unpacked(stream: bytes) -> bytes:
    """By zlib, which must find the end where it is."""
    decoder = zlib.decompressobj(-15)
    data = decoder.decompress(stream)
    assert decoder.eof
    assert not decoder.unused_data
    return data
