"""Where the fields of a ``.roi`` lie, and reading and writing many of them at once at any alignment. Everything is big-endian."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


def _record(size: int, **places: tuple[int, Any]) -> np.dtype[Any]:
    return np.dtype({"names": list(places), "formats": [kind for _, kind in places.values()], "offsets": [at for at, _ in places.values()], "itemsize": size})


HEAD = _record(
    64,
    magic=(0, "S2"),
    magic_rest=(2, "S2"),
    version=(4, ">i2"),
    type=(6, "u1"),
    top=(8, ">i2"),
    left=(10, ">i2"),
    bottom=(12, ">i2"),
    right=(14, ">i2"),
    count=(16, ">u2"),
    line=(18, (">f4", 4)),
    width=(34, ">u2"),
    path=(36, ">i4"),
    stroke=(40, ">u4"),
    fill=(44, ">u4"),
    subtype=(48, ">i2"),
    options=(50, ">u2"),
    style=(52, ">u4"),
    position=(56, ">i4"),
    tail=(60, ">i4"),
)
"""The first 64 bytes."""

TAIL = _record(
    64,
    c=(4, ">i4"),
    z=(8, ">i4"),
    t=(12, ">i4"),
    name_at=(16, ">i4"),
    name_length=(20, ">i4"),
    label_colour=(24, ">u4"),
    font_size=(28, ">i2"),
    group=(30, "u1"),
    opacity=(31, "u1"),
    image_size=(32, ">i4"),
    fine_width=(36, ">f4"),
    properties_at=(40, ">i4"),
    properties_length=(44, ">i4"),
    counters_at=(48, ">i4"),
    wide_group=(52, ">u2"),
)
"""The second header, 64 bytes behind the vertices."""


def overlapping(buffer: Bytes, dtype: Any) -> NDArray[Any]:
    """The buffer as one element of ``dtype`` per byte: element i begins at byte i. Indexing it reads or writes at any alignment."""
    size = np.dtype(dtype).itemsize
    return np.ndarray((max(len(buffer) - size + 1, 0),), dtype, buffer, 0, (1,))


def offsets(counts: Any) -> Ints:
    """(n + 1,) Where runs of the given lengths begin when laid end to end."""
    start = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return start


def spread(begin: Ints, counts: Ints, step: int) -> Ints:
    """The places ``begin[i] + step * k`` for k below ``counts[i]``, run after run."""
    start = offsets(counts)
    places: Ints = np.repeat(begin - step * start[:-1], counts) + step * np.arange(start[-1], dtype=np.int64)
    return places


def blocks(counts: Ints, most: int = 1 << 19) -> list[tuple[int, int]]:
    """Row ranges that hold about ``most`` elements each, so that temporary arrays stay small."""
    start = offsets(counts)
    edges = np.unique(np.searchsorted(start, np.arange(0, max(int(start[-1]), 1), most)))
    ends = [*edges[1:].tolist(), len(counts)]
    return [(a, b) for a, b in zip(edges.tolist(), ends, strict=True) if a < b]
