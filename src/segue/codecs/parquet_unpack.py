"""The compressed pages of a Parquet file, unpacked to exactly the size that they state."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

from segue.codecs.zstd_frame import stated_size

Array = np.ndarray[tuple[int], np.dtype[Any]]
NONE, SNAPPY, GZIP, ZSTD, LZ4_RAW = 0, 1, 2, 6, 7
KNOWN = (NONE, SNAPPY, GZIP, ZSTD, LZ4_RAW)


def unpack(data: memoryview, codec: int, out: Array) -> None:
    """Unpack a page into (size,) uint8.

    Raises
    ------
    ValueError, RuntimeError, zlib.error
        It is damaged, or of another size.
    """
    if codec == ZSTD:
        from numcodecs.zstd import decompress  # type: ignore[import-untyped]

        if stated_size(data) != len(out):
            raise ValueError("zstd that does not state its size, or another")
        decompress(data, out)
    elif codec == SNAPPY:
        from segue.codecs.snappy_kernel import unpack as unpack_snappy

        if not unpack_snappy(np.frombuffer(data, np.uint8), out):
            raise ValueError("damaged Snappy")
    elif codec == LZ4_RAW:
        from numcodecs.lz4 import decompress as unpack_lz4  # type: ignore[import-untyped]

        unpack_lz4(struct.pack("<I", len(out)) + data, out)
    else:
        plain = zlib.decompressobj(31).decompress(data, len(out) + 1) if codec == GZIP else data
        if len(plain) != len(out):
            raise ValueError("a page of another size")
        out[:] = np.frombuffer(plain, np.uint8)
