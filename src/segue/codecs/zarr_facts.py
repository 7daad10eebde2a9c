"""What the metadata of a Zarr array say (version 2 and 3), checked before anything of it is used.

Read here and not by a library, because the codecs that a file names are code to run: only those that decode numbers are allowed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.json_text import loads
from segue.codecs.zarr_types import PIXEL_TYPES
from segue.errors import Malformed, NotFound, TooLarge, UnsupportedVariant
from segue.storage.source import Source

MOST_BYTES = 16 << 20
"""Of a metadata file."""
CHUNK_BYTES = 1 << 30
"""Largest chunk that is read: it has to be in memory as a whole."""
ARRAY_BYTES = 1 << 62
_TYPES = frozenset(PIXEL_TYPES)
_CODECS = frozenset(
    "blosc gzip zlib zstd lz4 lzma bz2 shuffle delta fixedscaleoffset packbits bitround quantize crc32 crc32c adler32 fletcher32 bytes transpose".split()
)
"""What decodes numbers and nothing else (``pickle`` and its like run what they find)."""


@dataclass(frozen=True)
class ZarrFacts:
    """An array on disk."""

    source: Source
    """Its ``zarr.json`` or ``.zarray``."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    """In native byte order."""
    chunks: tuple[int, ...]
    """What has to be decoded at once; within shards their parts."""


def attributes_of(folder: Path) -> dict[str, Any]:
    """The attributes of a group or array; empty where it has none.

    Raises
    ------
    Malformed, TooLarge, NotFound
    """
    if (folder / "zarr.json").is_file():
        found = _object(folder / "zarr.json").get("attributes") or {}
    elif (folder / ".zattrs").is_file():
        found = _object(folder / ".zattrs")
    else:
        return {}
    if not isinstance(found, dict):
        raise _bad(folder / "zarr.json", "attributes by name")
    return found


def array_facts(folder: Path) -> ZarrFacts:
    """What is known of an array without reading any of its chunks.

    Raises
    ------
    NotFound
        There is no array.
    Malformed, UnsupportedVariant, TooLarge
        Its metadata make no sense, or name a number type or codec that segue does not read; it is larger than any disk.
    """
    path = next((path for name in ("zarr.json", ".zarray") if (path := folder / name).is_file()), None)
    if path is None:
        raise NotFound(f"{folder} does not exist or holds no Zarr array", path=folder)
    stated = _object(path)
    facts = (_version3 if path.name == "zarr.json" else _version2)(stated, path)
    if math.prod(facts.shape) * facts.dtype.itemsize >= ARRAY_BYTES:
        raise TooLarge(f"{folder} is said to hold {' x '.join(map(str, facts.shape))} pixels, more than any disk can", path=folder)
    if math.prod(facts.chunks) * facts.dtype.itemsize > CHUNK_BYTES:
        raise TooLarge(f"{folder} has chunks of {' x '.join(map(str, facts.chunks))} pixels, too large to be read; save it with smaller ones", path=folder)
    return facts


def _version3(stated: dict[str, Any], path: Path) -> ZarrFacts:
    if stated.get("node_type") != "array" or stated.get("zarr_format") != 3:
        raise _bad(path, "the description of an array")
    codecs = stated.get("codecs")
    chunks = _member(stated, "chunk_grid", "configuration", "chunk_shape")
    if not isinstance(codecs, list) or not codecs or _member(stated, "chunk_grid", "name") != "regular" or stated.get("storage_transformers"):
        raise _bad(path, "a regular chunk grid and a list of codecs")
    for codec in codecs:
        if _name(codec) == "sharding_indexed":
            chunks = _member(codec, "configuration", "chunk_shape")
            for part in ("codecs", "index_codecs"):
                inner = _member(codec, "configuration", part)
                _check_codecs(inner if isinstance(inner, list) else [None], path)
        else:
            _check_codecs([codec], path)
    return ZarrFacts(Source(path), *_shape(stated.get("shape"), stated.get("data_type"), chunks, path))


def _version2(stated: dict[str, Any], path: Path) -> ZarrFacts:
    if stated.get("zarr_format") != 2 or stated.get("order", "C") not in ("C", "F"):
        raise _bad(path, "the description of an array")
    filters = stated.get("filters") or []
    compressor = stated.get("compressor")
    _check_codecs([*(filters if isinstance(filters, list) else [None]), *([compressor] if compressor is not None else [])], path, key="id")
    name = stated.get("dtype")
    try:
        dtype = np.dtype(name) if isinstance(name, str) else None
    except (TypeError, ValueError):
        dtype = None
    return ZarrFacts(Source(path), *_shape(stated.get("shape"), dtype.name if dtype is not None else name, stated.get("chunks"), path))


def _shape(shape: object, dtype: object, chunks: object, path: Path) -> tuple[tuple[int, ...], np.dtype[Any], tuple[int, ...]]:
    if not isinstance(dtype, str) or dtype not in _TYPES:
        raise UnsupportedVariant(f"{path.parent} holds values of the type {str(dtype)[:60]}, which are no pixels that segue reads", path=path.parent)
    sizes, pieces = _whole(shape, 0), _whole(chunks, 1)
    if sizes is None or pieces is None or len(sizes) != len(pieces) or len(sizes) > 32:
        raise _bad(path, "a shape and chunks of as many whole numbers")
    return sizes, np.dtype(dtype), pieces


def _whole(values: object, lowest: int) -> tuple[int, ...] | None:
    if not isinstance(values, list) or not all(isinstance(value, int) and not isinstance(value, bool) and lowest <= value < 1 << 62 for value in values):
        return None
    return tuple(values)


def _check_codecs(codecs: list[Any], path: Path, key: str = "name") -> None:
    for codec in codecs:
        name = _name(codec, key)
        if name.removeprefix("numcodecs.") not in _CODECS:
            raise UnsupportedVariant(f"{path.parent} is packed with {name[:60] or 'nothing that has a name'}, which segue does not unpack", path=path.parent)


def _name(codec: Any, key: str = "name") -> str:
    name = codec.get(key) if isinstance(codec, dict) else codec
    return name if isinstance(name, str) else ""


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _object(path: Path) -> dict[str, Any]:
    found = loads(Source(path).read_bytes(MOST_BYTES), path)
    if not isinstance(found, dict):
        raise _bad(path, "an object")
    return found


def _bad(path: Path, expected: str) -> Malformed:
    return Malformed(f"{path} is damaged: expected {expected}; take it from a backup", path=path, expected=expected)
