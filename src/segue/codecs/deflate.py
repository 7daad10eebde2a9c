"""Packing by Deflate: single chunks of pixels, each a stream of its own, or pieces of one stream.

Level 1 of large data is packed by a compiled kernel (ADR 0065), else by zlib; the higher levels by libdeflate (in imagecodecs,
``pip install 'segue[codecs]'``) or zlib. All of them unpack to the same bytes.
"""

from __future__ import annotations

import struct
import sys
import zlib
from functools import cache
from typing import Any

import numpy as np

LARGE = 1 << 22
"""Bytes of an image from which on loading compiled code is repaid."""
_GZIP = 31
"""zlib's word for the gzip container."""
_START = b"\x78\x01"
_MEMBER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
"""The head of a zlib stream, and of a gzip member without name and time."""


def zlib_packed(data: bytes | memoryview, level: int = 1, *, compiled: bool = False) -> bytes:
    """In the zlib container, as HDF5 stores it.

    Parameters
    ----------
    data
        In C order.
    level
        1 = fast, 9 = small.
    compiled
        Whether level 1 is left to the kernel: bytes depend on this.
    """
    if level == 1 and compiled and is_possible():
        return _START + packed(data) + _adler(data).to_bytes(4, "big")
    fast = _imagecodecs() if level > 1 else None
    return bytes(fast.deflate_encode(data, level)) if fast is not None else zlib.compress(data, level)


def gzip_packed(data: bytes | memoryview, level: int = 1, *, compiled: bool = False) -> bytes:
    """As one gzip member without name and time, as N5 stores it. Parameters as above."""
    if level == 1 and compiled and is_possible():
        size = memoryview(data).nbytes
        return _MEMBER + packed(data) + struct.pack("<II", zlib.crc32(data), size & 0xFFFFFFFF)
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


def packed(data: bytes | memoryview, *, last: bool = True, runs: bool = False) -> bytes:
    """A raw stream, packed by the kernel.

    Parameters
    ----------
    data
        In C order.
    last
        Whether the stream ends here; else it goes on behind a whole byte.
    runs
        Whether only runs of one byte are looked for: better and faster where neighbours were subtracted from each other.
    """
    from segue.codecs.deflate_kernel import pack

    return pack(np.frombuffer(data, np.uint8), last=last, runs=runs).tobytes()


def _adler(data: bytes | memoryview) -> int:
    from segue.codecs.adler_kernel import checksum

    return checksum(np.frombuffer(data, np.uint8))


def is_possible() -> bool:
    """Whether the kernel knows this processor."""
    return sys.byteorder == "little"


@cache
def _imagecodecs() -> Any:
    try:
        import imagecodecs
    except ImportError:
        return None
    return imagecodecs if imagecodecs.DEFLATE.available else None
