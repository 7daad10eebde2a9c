"""How a Zarr array is laid out in files: chunks, shards, packing; and the metadata that say so (versions 2 and 3)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

import numpy as np

from segue.model.image import Region

CHUNK_SIDE = 512
"""Side of a chunk along y and x, pixels."""
CHUNK_PIXELS = CHUNK_SIDE * CHUNK_SIDE
FEW_CHUNKS = 10_000
"""Up to this many chunks are one file each; more are packed into shards, so that a disk is not flooded with files."""
SHARD_SIDE = 8
"""Side of a shard along y and x, chunks."""
BLOCK_BYTES = 16 << 20
"""What is read and packed at a time (at least one file)."""
MOST_BYTES = 64 << 20
"""How far blocks grow, so that what the source decodes at once is not decoded again for every one of them."""

Compression = Literal["zstd", "blosc", "none"]


@dataclass(frozen=True)
class Layout:
    """An array as it will lie on disk; all sizes in the order of the stored axes."""

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    names: str
    """One letter per dimension."""
    shards: tuple[int, ...] | None = None
    """Sizes of a file that holds several chunks; version 3 only."""
    compression: Compression = "zstd"
    level: int = 3
    version: int = 3

    @property
    def file(self) -> tuple[int, ...]:
        """Sizes of what one file holds."""
        return self.shards or self.chunks

    def metadata(self) -> dict[str, dict[str, Any]]:
        """File name -> what stands in it, as JSON."""
        return {"zarr.json": self._version3()} if self.version == 3 else {".zarray": self._version2()}

    def _version3(self) -> dict[str, Any]:
        codecs = [_bytes(self.dtype), *_compressor(self)]
        if self.shards:
            index = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
            inner = {"chunk_shape": list(self.chunks), "codecs": codecs, "index_codecs": index, "index_location": "end"}
            codecs = [{"name": "sharding_indexed", "configuration": inner}]
        return {
            "shape": list(self.shape),
            "data_type": self.dtype.name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(self.file)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": _fill(self.dtype),
            "codecs": codecs,
            "attributes": {},
            "dimension_names": list(self.names),
            "zarr_format": 3,
            "node_type": "array",
            "storage_transformers": [],
        }

    def _version2(self) -> dict[str, Any]:
        names: dict[str, dict[str, Any] | None] = {
            "none": None,
            "zstd": {"id": "zstd", "level": self.level},
            "blosc": {"id": "blosc", "cname": "zstd", "clevel": self.level, "shuffle": 2, "blocksize": 0},
        }
        return {
            "shape": list(self.shape),
            "chunks": list(self.chunks),
            "dtype": self.dtype.newbyteorder("<").str,
            "fill_value": _fill(self.dtype),
            "order": "C",
            "filters": None,
            "dimension_separator": "/",
            "compressor": names[self.compression],
            "zarr_format": 2,
        }


def _bytes(dtype: np.dtype[Any]) -> dict[str, Any]:
    return {"name": "bytes"} if dtype.itemsize == 1 else {"name": "bytes", "configuration": {"endian": "little"}}


def _compressor(layout: Layout) -> list[dict[str, Any]]:
    if layout.compression == "zstd":
        return [{"name": "zstd", "configuration": {"level": layout.level, "checksum": True}}]
    if layout.compression == "blosc":
        configuration = {"typesize": layout.dtype.itemsize, "cname": "zstd", "clevel": layout.level, "shuffle": "bitshuffle", "blocksize": 0}
        return [{"name": "blosc", "configuration": configuration}]
    return []


def _fill(dtype: np.dtype[Any]) -> Any:
    values: dict[str, Any] = {"b": False, "f": 0.0, "c": [0.0, 0.0]}
    return values.get(dtype.kind, 0)


def chunk_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Up to 512 x 512 pixels of the last two axes; small planes share a chunk with their neighbours."""
    chunk: list[int] = []
    for nth, size in enumerate(reversed(shape)):
        room = CHUNK_SIDE if nth < 2 else CHUNK_PIXELS // math.prod(chunk)
        chunk.append(max(1, min(size, room)))
    return tuple(reversed(chunk))


def shard_shape(shape: Sequence[int], chunks: Sequence[int], few: int | None = None) -> tuple[int, ...] | None:
    """Whole chunks packed into one file, or None where there are no more than ``few`` (None = ``FEW_CHUNKS``)."""
    counts = [math.ceil(size / chunk) for size, chunk in zip(shape, chunks, strict=True)]
    if math.prod(counts) <= (FEW_CHUNKS if few is None else few):
        return None
    sides = [1] * (len(shape) - 2) + [SHARD_SIDE] * 2
    return tuple(chunk * min(side, count) for chunk, side, count in zip(chunks, sides, counts, strict=True))


def block_shape(shape: Sequence[int], unit: Sequence[int], itemsize: int, together: Sequence[int] = ()) -> tuple[int, ...]:
    """What is read and packed at a time: whole units.

    Parameters
    ----------
    shape, unit
        Of the array, and of a file.
    itemsize
        Bytes of a pixel.
    together
        What the source decodes at once; empty = not known.
    """
    block = list(unit)
    if len(together) == len(shape):
        for axis in sorted(range(len(shape)), key=lambda one: block[one] / max(together[one], 1)):
            wanted = math.ceil(min(together[axis], shape[axis]) / unit[axis]) * unit[axis]
            room = MOST_BYTES * block[axis] // (math.prod(block) * itemsize) // unit[axis] * unit[axis]
            block[axis] = max(block[axis], min(wanted, room))
    for axis in reversed(range(len(shape))):
        room = max(block[axis] // unit[axis], BLOCK_BYTES * block[axis] // (math.prod(block) * itemsize) // unit[axis])
        block[axis] = min(max(1, math.ceil(shape[axis] / unit[axis])), room) * unit[axis]
        if block[axis] < shape[axis]:
            break
    return tuple(block)


def blocks(shape: Sequence[int], block: Sequence[int]) -> Iterator[Region]:
    """Regions that cover an array, in order."""
    starts = [range(0, size, step) for size, step in zip(shape, block, strict=True)]
    for corner in product(*starts):
        yield tuple(slice(start, min(start + step, size)) for start, step, size in zip(corner, block, shape, strict=True))
