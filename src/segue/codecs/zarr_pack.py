"""Pixels -> the bytes of the files of a Zarr array: chunks, or shards of them. Knows nothing of the place where they will lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from segue.codecs.zarr_layout import Layout, blocks

Array = np.ndarray[Any, np.dtype[Any]]
MISSING = (1 << 64) - 1
"""Place and length of a chunk that a shard does not hold."""


def packed_files(layout: Layout, order: tuple[int, ...], block: Array) -> list[bytes | None]:
    """The files of a block, in C order of the stored axes; None = nothing but background, so there is no file.

    Parameters
    ----------
    layout
        How the array is laid out. The block begins where a file begins.
    order
        Dimension i of the array is dimension ``order[i]`` of the block.
    block
        Pixels.
    """
    stored = block.transpose(order)
    pack = _shard if layout.shards else _chunk
    return [pack(layout, stored[region]) for region in blocks(stored.shape, layout.file)]


def _chunk(layout: Layout, part: Array) -> bytes | None:
    dtype = layout.dtype.newbyteorder("<")
    whole = np.ascontiguousarray(part, dtype)
    if not _bits(whole).any():
        return None
    if whole.shape != layout.chunks:
        padded = np.zeros(layout.chunks, dtype)
        padded[tuple(slice(0, size) for size in whole.shape)] = whole
        whole = padded
    if layout.compression == "none":
        return whole.tobytes()
    packed: bytes = bytes(_codec(layout.compression, layout.level, layout.version).encode(whole))
    return packed


def _bits(whole: Array) -> Array:
    """The same bytes as whole numbers: -0.0 is not background."""
    if whole.dtype.kind not in "fc":
        return whole
    size = min(whole.dtype.itemsize, 8)
    return whole.reshape(-1).view(f"<u{size}")


def _shard(layout: Layout, part: Array) -> bytes | None:
    """The chunks one after the other, then where each begins and how long it is (little-endian uint64), then the CRC-32C of that."""
    import google_crc32c

    counts = [size // chunk for size, chunk in zip(layout.file, layout.chunks, strict=True)]
    index = np.full((math.prod(counts), 2), MISSING, "<u8")
    bodies, at = [], 0
    for nth, region in _chunks(layout, counts, part.shape):
        body = _chunk(layout, part[region])
        if body is not None:
            index[nth] = at, len(body)
            bodies.append(body)
            at += len(body)
    if not bodies:
        return None
    table = index.tobytes()
    return b"".join([*bodies, table, int(google_crc32c.value(table)).to_bytes(4, "little")])


def _chunks(layout: Layout, counts: list[int], shape: tuple[int, ...]) -> Iterator[tuple[int, tuple[slice, ...]]]:
    """(number, region) of the chunks of a shard that begin inside the array."""
    for nth, place in enumerate(product(*map(range, counts))):
        region = tuple(slice(at * size, (at + 1) * size) for at, size in zip(place, layout.chunks, strict=True))
        if all(one.start < size for one, size in zip(region, shape, strict=True)):
            yield nth, region


@cache
def _codec(name: str, level: int, version: int) -> Any:
    from numcodecs import Zstd, blosc  # type: ignore[import-untyped]

    if name == "zstd":
        return Zstd(level=level, checksum=version == 3)
    blosc.use_threads = False  # its threads put what they packed in the order in which they finish: other bytes every time
    return blosc.Blosc(cname="zstd", clevel=level, shuffle=blosc.BITSHUFFLE)
