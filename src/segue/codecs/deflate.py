"""Packing single chunks by Deflate, as fast as what is installed allows.

libdeflate (in imagecodecs, ``pip install 'segue[codecs]'``) packs faster than Python's own zlib; both unpack to the same bytes.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any

_GZIP = 31
"""zlib's word for the gzip container."""


def zlib_packed(data: bytes | memoryview, level: int = 1) -> bytes:
    """In the zlib container, as HDF5 stores it."""
    fast = _imagecodecs()
    return bytes(fast.deflate_encode(data, level)) if fast is not None else zlib.compress(data, level)


def gzip_packed(data: bytes | memoryview, level: int = 1) -> bytes:
    """As one gzip member without name and time, as N5 stores it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


@cache
def _imagecodecs() -> Any:
    try:
        import imagecodecs
    except ImportError:
        return None
    return imagecodecs if imagecodecs.DEFLATE.available else None
