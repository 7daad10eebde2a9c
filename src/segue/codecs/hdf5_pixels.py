"""Pixels in a data set of an HDF5 file: found, described, and read region by region."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs import hdf5_heaps
from segue.codecs import hdf5_safe as safe
from segue.codecs.axistags import USUAL, Manner
from segue.errors import Malformed, SegueError, TooLarge
from segue.model.image import Region
from segue.storage import handles
from segue.storage.source import Source

MOST_CHUNK = 1 << 31
"""Bytes of a chunk: it is decoded as a whole."""
MOST_ITEMS = 20_000
"""Groups and data sets that are looked at."""
DEEPEST = 32
_ATTRIBUTES = ("axistags", "axis_units", "drange", "display_mode", "axes", "segue")
_LABELS = "DIMENSION_LABELS"


@dataclass(frozen=True)
class Hdf5Data:
    """A data set of numbers."""

    path: str
    """The way to it, without the first slash."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    chunks: tuple[int, ...]
    attributes: dict[str, Any] = field(hash=False)
    """Those of its attributes that say what it is: texts, numbers, lists."""
    labels: tuple[str, ...] = ()
    """Labels of its dimensions, if it has any."""


@dataclass(frozen=True)
class Hdf5Pixels:
    """A reference to a data set; it can be pickled and holds nothing open."""

    source: Source
    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    chunks: tuple[int, ...] = ()
    """Size along each dimension of what has to be decoded at once; empty = not chunked."""
    manner: Manner = USUAL

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed
            The file is damaged there.
        SourceChanged
            It was replaced after it was opened.
        TooLarge
            The region does not fit into memory.
        """
        with handles.opened(self.source, _open) as file:
            try:
                return np.ascontiguousarray(file[self.path][region], self.dtype)
            except MemoryError as error:
                raise TooLarge(f"{self.source.path}: this region does not fit into memory; take a smaller one", path=self.source.path) from error
            except safe.BROKEN as error:
                raise _damaged(self.source.path, error) from error


def describe(source: Source) -> list[Hdf5Data]:
    """All data sets of numbers below the part of the file that the source names, in the order of the file; links are not followed.

    Raises
    ------
    NotFound, Malformed, TooLarge
    """
    handles.close(source.path)
    with safe.opened(source) as file:
        return [_described(path, data) for path, data in _walk(file, source)]


def _walk(file: Any, source: Source) -> Iterator[tuple[str, Any]]:
    item, path = file, ""
    for name in filter(None, source.inside.split("/")):
        item = safe.inner(item, name) if safe.is_group(item) else None
        path = f"{path}/{name}".strip("/")
        if item is None:
            return
    seen = 0
    waiting = [(path, item, 0)]
    while waiting:
        path, item, depth = waiting.pop()
        seen += 1
        if seen > MOST_ITEMS:
            raise TooLarge(f"{source.path} holds more than {MOST_ITEMS:,} arrays; name the one you want: {source.path}/PATH/OF/IT", path=source.path)
        if safe.is_group(item) and depth < DEEPEST:
            inside = [(f"{path}/{name}".strip("/"), name) for name in safe.names(item)]
            waiting += [(one, item[name], depth + 1) for one, name in reversed(inside)]
        elif safe.is_data(item) and item.dtype.kind in "fiub" and item.shape is not None:
            yield path, item


def _described(path: str, data: Any) -> Hdf5Data:
    shape = safe.shape(data)
    chunks = tuple(data.chunks or ())
    if chunks and math.prod(chunks) * data.dtype.itemsize > MOST_CHUNK:
        raise TooLarge(f"{data.file.filename}: {path} has chunks of {' x '.join(map(str, chunks))} pixels, too large to be read", path=data.file.filename)
    if len(data.attrs):
        hdf5_heaps.check(data)
    attributes = {name: safe.attribute(data, name) for name in _ATTRIBUTES if name in data.attrs}
    labels = safe.attribute(data, _LABELS) if _LABELS in data.attrs else None
    named = tuple(map(str, labels)) if isinstance(labels, list) and any(labels) else ()
    return Hdf5Data(path, shape, data.dtype.newbyteorder("="), chunks, attributes, named)


def _open(path: Path) -> Any:
    """The file, alone: to HDF5 a file that was replaced in place and is still open somewhere is what it was, half of it at least."""
    import h5py

    handles.close(path)
    try:
        return h5py.File(path, "r")
    except SegueError:
        raise
    except safe.BROKEN as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: BaseException) -> Malformed:
    detail = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return Malformed(f"{path} cannot be read: the HDF5 file is damaged or incomplete, or packed by an unknown filter ({detail})", path=path, expected="HDF5")
