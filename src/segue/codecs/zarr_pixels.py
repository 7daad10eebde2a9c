"""Pixels in a Zarr array (version 2 or 3), read region by region."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.zarr_facts import ARRAY_BYTES, CHUNK_BYTES, ZarrFacts
from segue.errors import Malformed, NotFound, SegueError, TooLarge
from segue.model.image import Region
from segue.storage import handles
from segue.storage.source import Source

CHUNKS = 1 << 20
"""Most chunks that one region may touch."""


@dataclass(frozen=True)
class ZarrPixels:
    """A reference to an array on disk; it can be pickled and holds nothing open."""

    source: Source
    """The ``zarr.json`` or ``.zarray`` of the array."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: tuple[int, ...]
    """Dimension i of the stored array is dimension ``order[i]`` of these pixels."""
    chunks: tuple[int, ...] = ()
    """Size along each dimension of what has to be decoded at once; empty = not known."""

    @classmethod
    def of(cls, facts: ZarrFacts) -> ZarrPixels:
        """An array as it is stored."""
        return cls(facts.source, facts.shape, facts.dtype, tuple(range(len(facts.shape))), facts.chunks)

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed
            A chunk is damaged.
        SourceChanged
            The array was replaced after it was opened.
        TooLarge
            The region does not fit into memory.
        """
        stored = tuple(region[axis] for axis in self.order)
        with handles.opened(self.source, _Array) as file:
            array = file.array
        _check_effort(self.source.path.parent, array, stored)
        part = _guarded(self.source.path.parent, lambda: np.asarray(array[stored]))
        return np.ascontiguousarray(part.transpose(np.argsort(self.order)).astype(self.dtype, copy=False))


def zarr_pixels(folder: Path, shape: tuple[int, ...], dtype: np.dtype[Any], order: tuple[int, ...]) -> ZarrPixels:
    """The pixels of an array of which shape and number type are known from elsewhere.

    Parameters
    ----------
    folder
        The folder of the array, with its ``zarr.json``.
    shape, dtype
        What the pixels are said to be; ``bool`` may be stored as ``uint8``.
    order
        See `ZarrPixels`.

    Raises
    ------
    NotFound, Malformed, TooLarge
        It is not there, is damaged, or is not what it is said to be.
    """
    if math.prod(shape) * dtype.itemsize >= ARRAY_BYTES or min(shape, default=0) < 0:
        raise TooLarge(f"{folder} is said to hold {' x '.join(map(str, shape))} pixels, more than any disk can", path=folder)
    source = Source(folder / "zarr.json")
    with handles.opened(source, _Array) as file:
        array = file.array
    if tuple(array.shape) != tuple(shape[axis] for axis in order) or not _holds(array.dtype, dtype):
        expected = f"{' x '.join(str(shape[axis]) for axis in order)} {dtype.name}"
        found = f"{' x '.join(map(str, array.shape))} {array.dtype.name}"
        raise Malformed(f"{folder} holds {found} pixels, not {expected} as the study states; take it from a backup", path=folder, expected=expected)
    if math.prod(array.chunks) * array.dtype.itemsize > CHUNK_BYTES:
        raise TooLarge(f"{folder} has chunks of {' x '.join(map(str, array.chunks))} pixels, too large to be read; save it with smaller ones", path=folder)
    return ZarrPixels(source, tuple(shape), dtype, tuple(order), tuple(array.chunks[order.index(axis)] for axis in range(len(shape))))


class _Array:
    """An opened array; zarr keeps no file open between two reads."""

    def __init__(self, path: Path) -> None:
        import zarr

        version: Any = 2 if path.name == ".zarray" else 3
        self.array: Any = _guarded(path.parent, lambda: zarr.open_array(str(path.parent), mode="r", zarr_format=version))

    def close(self) -> None:
        """Nothing is open."""


def _guarded(folder: Path, action: Any) -> Any:
    """What a call of zarr returns; zarr and its codecs raise almost anything on damaged files."""
    try:
        return action()
    except SegueError:
        raise
    except MemoryError as error:
        raise TooLarge(f"{folder}: this region does not fit into memory; take a smaller one", path=folder) from error
    except PermissionError as error:
        raise NotFound(f"{folder} cannot be read: permission denied", path=folder) from error
    except Exception as error:
        raise Malformed(f"{folder} is not a Zarr array that can be read; it is damaged, so take it from a backup", path=folder) from error


def _holds(stored: np.dtype[Any], wanted: np.dtype[Any]) -> bool:
    return stored == wanted or (wanted == np.bool_ and stored == np.uint8)


def _check_effort(folder: Path, array: Any, stored: Region) -> None:
    touched = math.prod((one.stop - 1) // size - one.start // size + 1 for one, size in zip(stored, array.chunks, strict=True) if one.stop > one.start)
    if touched > CHUNKS:
        raise TooLarge(f"{folder}: {touched:,} chunks would have to be read at once; take a smaller region", path=folder)
