"""Writing Zarr arrays and groups, region by region: version 3, or 2 for older programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from segue.model.image import Pixels, Region

CHUNK_SIDE = 512
"""Side of a chunk along y and x, pixels."""
CHUNK_PIXELS = CHUNK_SIDE * CHUNK_SIDE
FEW_CHUNKS = 10_000
"""Up to this many chunks are one file each; more are packed into shards, so that a disk is not flooded with files."""
SHARD_SIDE = 8
"""Side of a shard along y and x, chunks."""
BLOCK_BYTES = 64 << 20
"""What is in memory at a time while pixels are copied (at least one shard)."""


def write_group(folder: Path, attributes: Mapping[str, Any], *, version: int = 3) -> None:
    """Make a group with attributes; the groups above it have to be there."""
    import zarr

    zarr.create_group(str(folder), zarr_format=3 if version == 3 else 2, attributes=dict(attributes), overwrite=False)


def change_group(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Give a group other attributes, in one step; nothing is written if it has these already."""
    path = folder / "zarr.json"
    stated = json.loads(path.read_text("utf-8"))
    if stated.get("attributes") != dict(attributes):
        part = path.with_name(".zarr.json.part")
        part.write_text(json.dumps({**stated, "attributes": dict(attributes)}, indent=2), "utf-8")
        part.replace(path)


def write_array(folder: Path, pixels: Pixels, order: tuple[int, ...], names: str, dtype: np.dtype[Any], *, version: int = 3) -> None:
    """Write pixels as an array.

    Parameters
    ----------
    folder
        Does not exist yet.
    pixels
        Are read block by block, whole rows of chunks where these fit ``BLOCK_BYTES``.
    order
        Dimension i of the array is dimension ``order[i]`` of the pixels.
    names
        One letter per dimension of the array.
    dtype
        Number type to store.
    version
        Of Zarr: 3, or 2 (without shards, checksums and names of dimensions; chunks in nested folders, as OME-Zarr 0.4 wants them).
    """
    import zarr

    shape = tuple(pixels.shape[axis] for axis in order)
    chunks = chunk_shape(shape)
    shards = shard_shape(shape, chunks) if version == 3 else None
    array = zarr.create_array(
        str(folder),
        shape=shape,
        chunks=chunks,
        shards=shards,
        dtype=dtype.newbyteorder("="),
        fill_value=0,
        config={"write_empty_chunks": dtype.kind in "fc"},  # -0.0 is equal to the fill value, and is not it
        **_packing(version, names),
    )
    for block in blocks(shape, shards or chunks, dtype.itemsize):
        region = tuple(block[order.index(axis)] for axis in range(len(shape)))
        array[block] = pixels.read(region).transpose(order).astype(dtype, copy=False)


def _packing(version: int, names: str) -> dict[str, Any]:
    if version == 3:
        from zarr.codecs import ZstdCodec

        return {"zarr_format": 3, "compressors": ZstdCodec(level=3, checksum=True), "dimension_names": list(names)}
    from numcodecs import Blosc  # type: ignore[import-untyped]

    packed = Blosc(cname="zstd", clevel=3, shuffle=Blosc.SHUFFLE)
    return {"zarr_format": 2, "compressors": packed, "chunk_key_encoding": {"name": "v2", "separator": "/"}}


def chunk_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Up to 512 x 512 pixels of the last two axes; small planes share a chunk with their neighbours."""
    chunk: list[int] = []
    for nth, size in enumerate(reversed(shape)):
        room = CHUNK_SIDE if nth < 2 else CHUNK_PIXELS // math.prod(chunk)
        chunk.append(max(1, min(size, room)))
    return tuple(reversed(chunk))


def shard_shape(shape: tuple[int, ...], chunks: tuple[int, ...]) -> tuple[int, ...] | None:
    """Whole chunks packed into one file, or None where there are few."""
    counts = [math.ceil(size / chunk) for size, chunk in zip(shape, chunks, strict=True)]
    if math.prod(counts) <= FEW_CHUNKS:
        return None
    sides = [1] * (len(shape) - 2) + [SHARD_SIDE] * 2
    return tuple(chunk * min(side, count) for chunk, side, count in zip(chunks, sides, counts, strict=True))


def blocks(shape: tuple[int, ...], unit: tuple[int, ...], itemsize: int) -> Iterator[Region]:
    """Regions that cover an array, in order, each of whole units and of at most ``BLOCK_BYTES`` (but at least one unit)."""
    block = list(unit)
    for axis in reversed(range(len(shape))):
        room = max(1, BLOCK_BYTES // (math.prod(block) * itemsize))
        block[axis] = min(max(1, math.ceil(shape[axis] / unit[axis])), room) * unit[axis]
        if block[axis] < shape[axis]:
            break
    starts = [range(0, size, step) for size, step in zip(shape, block, strict=True)]
    for corner in product(*starts):
        yield tuple(slice(start, min(start + step, size)) for start, step, size in zip(corner, block, shape, strict=True))
