"""Writing Zarr groups, and arrays as a whole: version 3, or 2 for older programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.blocks import write_blocks
from segue.codecs.zarr_blocks import ArrayWriter, write_json
from segue.codecs.zarr_layout import Layout, chunk_shape, shard_shape
from segue.model.image import Pixels
from segue.tasks.workers import Threads


def write_group(folder: Path, attributes: Mapping[str, Any], *, version: int = 3) -> None:
    """Make a group with attributes, or give these to a folder that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    if version == 3:
        write_json(folder / "zarr.json", {"attributes": dict(attributes), "zarr_format": 3, "node_type": "group"})
    else:
        write_json(folder / ".zgroup", {"zarr_format": 2})
        write_json(folder / ".zattrs", dict(attributes))


def change_group(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Give a group other attributes, in one step; nothing is written if it has these already."""
    path = folder / "zarr.json"
    stated = json.loads(path.read_text("utf-8"))
    if stated.get("attributes") != dict(attributes):
        part = path.with_name(".zarr.json.part")
        write_json(part, {**stated, "attributes": dict(attributes)})
        part.replace(path)


def write_array(folder: Path, pixels: Pixels, order: tuple[int, ...], names: str, dtype: np.dtype[Any]) -> None:
    """Write pixels as an array of version 3, packed with zstd.

    Parameters
    ----------
    folder
        Does not exist yet.
    pixels
        Are read block by block.
    order
        Dimension i of the array is dimension ``order[i]`` of the pixels.
    names
        One letter per dimension of the array.
    dtype
        Number type to store.
    """
    shape = tuple(pixels.shape[axis] for axis in order)
    chunks = chunk_shape(shape)
    writer = ArrayWriter(folder, Layout(shape, chunks, dtype.newbyteorder("="), names, shard_shape(shape, chunks)), order, getattr(pixels, "chunks", ()))
    workers = Threads(1) if len(writer.blocks) < 2 else Threads()
    for _ in write_blocks(writer, pixels, workers):
        pass
