"""Gzip: reproducible, readable by others, safe to read."""

from __future__ import annotations

import gzip
import random

import pytest

from segue.codecs.gzip_stream import compress, decompress
from segue.errors import Malformed, TooLarge

TEXT = b"cells " * 10_000


def test_the_same_input_gives_the_same_bytes_that_others_read():
    packed = b"".join(compress([TEXT, b"", memoryview(TEXT)]))
    assert packed == b"".join(compress([TEXT + TEXT]))
    assert gzip.decompress(packed) == TEXT + TEXT


def test_what_others_wrote_is_read_with_several_members_and_padding():
    assert decompress(gzip.compress(TEXT) + gzip.compress(b"more") + b"\0" * 512) == TEXT + b"more"
    assert decompress(gzip.compress(b"")) == b""


def test_a_bomb_is_refused():
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(TooLarge, match=r"cells\.gz unpacks to more than 1,000,000 bytes"):
        decompress(bomb, "cells.gz", limit=1_000_000)


PACKED = gzip.compress(TEXT, mtime=0)


@pytest.mark.parametrize("data", [b"", b"{}", PACKED[:-9], PACKED[:30], PACKED + b"x"])
def test_damaged_files_are_refused(data):
    with pytest.raises(Malformed):
        decompress(data)


def test_a_wrong_checksum_is_refused():
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    with pytest.raises(Malformed):
        decompress(bytes(packed))


def test_flipped_bytes_never_hang():
    source = gzip.compress(bytes(random.Random(1).randbytes(2000)))
    for at in range(0, len(source), 7):
        data = bytearray(source)
        data[at] ^= 0x55
        try:
            decompress(bytes(data), limit=10**6)
        except (Malformed, TooLarge):
            continue
