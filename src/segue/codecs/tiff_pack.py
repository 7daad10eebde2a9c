"""Packing the strips or tiles of TIFF pages."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from segue.codecs.boxes import Array, arranged
from segue.codecs.tiff_lzw_write import lzw_encode


def pieces(block: Array, axes: str, order: str, dtype: np.dtype[Any], rows: int, tile: int, compression: str) -> list[bytes]:
    """The packed pieces of a block of some rows of some pages: page by page, from top to bottom, tiles from left to right.

    Parameters
    ----------
    block
        Pixels, starting at a multiple of ``rows``, as wide as the image.
    axes, order
        Of the block, and of the file (pages, y, x).
    dtype
        The number type in the file, with its byte order.
    rows, tile
        Rows of a piece, and edge of the tiles (0 = strips). Tiles at the edges are filled up with zeros.
    compression
        One of ``tiff_plan.COMPRESSIONS``.
    """
    planes = arranged(block, axes, order, dtype)
    planes = planes.reshape(-1, *planes.shape[-2:])
    pack = PACK[compression]
    if not tile:
        return [pack(plane[top : top + rows].data) for plane in planes for top in range(0, plane.shape[0], rows)]
    corners = list(product(range(0, planes.shape[1], tile), range(0, planes.shape[2], tile)))
    return [pack(_tile(plane[top : top + tile, left : left + tile], tile).data) for plane in planes for top, left in corners]


def _tile(part: Array, edge: int) -> Array:
    whole = np.zeros((edge, edge), part.dtype)
    whole[: part.shape[0], : part.shape[1]] = part
    return whole


def _zstd(data: memoryview) -> bytes:
    from numcodecs.zstd import compress  # type: ignore[import-untyped]

    packed: bytes = compress(data, 1)
    return packed


PACK: dict[str, Callable[[memoryview], bytes]] = {
    "none": bytes,
    "lzw": lzw_encode,
    "deflate": lambda data: zlib.compress(data, 6),
    "zstd": _zstd,
}
"""Name of a compression -> packed bytes of some pixels."""
