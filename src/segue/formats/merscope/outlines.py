"""Outlines of cells on planes, from Parquet or HDF5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import parquet_foreign
from segue.codecs.id_texts import id_texts
from segue.codecs.wkb_read import Geometries, read_wkb, sound
from segue.codecs.wkb_walk import EMPTY, POLYGON
from segue.errors import Malformed, NotFound, TooLarge
from segue.model.rings import Rings
from segue.storage.source import Source

_ID, _Z, _LEVEL, _GEOMETRY = "EntityID", "ZIndex", "ZLevel", "Geometry"
_MOST = 1 << 24
"""Vertices that a polygon may have."""


@dataclass(frozen=True)
class Outlines:
    """One row per cell and plane."""

    frame: pl.DataFrame
    """``id`` (text), ``z`` (Int64), ``level`` (Float64: micrometres; null = not stated)."""
    found: Geometries
    """In micrometres, by row of the frame."""


def read_parquet(path: Path, z: int | None) -> Outlines:
    """From a table of EntityID, ZIndex and Geometry (WKB). Memory: the table, and the bytes of its geometry twice.

    Raises
    ------
    Malformed
        A column is missing or of another type.
    """
    source = Source(path)
    schema = parquet_foreign.facts(source).schema
    missing = [name for name in (_ID, _Z, _GEOMETRY) if name not in schema]
    if missing:
        raise Malformed(f"{path} has no column {missing[0]}, so it holds no cells of MERSCOPE", path=path, expected=f"{_ID}, {_Z}, {_GEOMETRY}")
    frame = parquet_foreign.table(source, [name for name in (_ID, _Z, _LEVEL, _GEOMETRY) if name in schema])
    if frame[_GEOMETRY].dtype != pl.Binary or not frame[_Z].dtype.is_integer():
        raise Malformed(f"{path} holds {frame[_GEOMETRY].dtype} as geometry and {frame[_Z].dtype} as planes; it should be WKB and whole numbers", path=path)
    frame = frame.filter(pl.col(_ID).is_not_null()) if frame[_ID].null_count() else frame
    frame = frame if z is None else frame.filter(pl.col(_Z) == z)
    level = frame[_LEVEL] if _LEVEL in schema and frame[_LEVEL].dtype.is_numeric() else pl.Series([None], dtype=pl.Float64).new_from_index(0, frame.height)
    keys = pl.DataFrame({"id": id_texts(frame[_ID]), "z": frame[_Z].cast(pl.Int64), "level": level.cast(pl.Float64)})
    return Outlines(keys, read_wkb(frame[_GEOMETRY]))


def read_hdf5(paths: tuple[Path, ...], z: int | None) -> Outlines:
    """From files of one field of view each: ``featuredata/CELL/zIndex_K/p_N/coordinates``.

    A cell that several files hold has the outlines of all.

    Raises
    ------
    Malformed, NotFound, TooLarge
    """
    rows: list[tuple[str, int, float | None]] = []
    rings: list[Any] = []
    parts: list[int] = []
    shapes: list[int] = []
    for path in paths:
        for key, polygons in _file(path, z):
            rows.append(key)
            shapes.append(len(polygons))
            for polygon in polygons:
                parts.append(len(polygon))
                rings += polygon
    offsets = [np.cumsum([0, *lengths]).astype(np.int64) for lengths in ([len(ring) for ring in rings], parts, shapes)]
    flat = Rings(np.concatenate(rings) if rings else np.empty((0, 2)), *offsets)
    frame = pl.DataFrame(rows, schema={"id": pl.Utf8, "z": pl.Int64, "level": pl.Float64}, orient="row")
    kind = np.full(len(flat), POLYGON, np.uint8)
    return Outlines(frame, sound(flat, kind, np.arange(len(flat)), np.full(len(flat), EMPTY, np.uint8), deep=False))


Key = tuple[str, int, float | None]
Polygon = list[np.ndarray[Any, np.dtype[np.float64]]]


def _file(path: Path, z: int | None) -> Iterator[tuple[Key, list[Polygon]]]:
    import h5py

    Source(path)
    try:
        with h5py.File(path, "r") as file:
            cells = _inner(file, "featuredata")
            for name in cells if cells is not None else ():
                cell = _inner(cells, name)
                yield from _cell(name, cell, z, path) if cell is not None else ()
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, MemoryError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise NotFound(f"{path} cannot be read: {error.strerror}", path=path) from error
        raise Malformed(f"{path} cannot be read as HDF5 of MERSCOPE; it is damaged or incomplete, so fetch it again", path=path) from error


def _cell(name: str, cell: Any, z: int | None, path: Path) -> Iterator[tuple[Key, list[Polygon]]]:
    """The planes of a cell."""
    levels = _levels(cell)
    for plane_name in cell:
        number = plane_name.removeprefix("zIndex_")
        if number == plane_name or not (number.isascii() and number.isdigit()) or len(number) > 6 or (z is not None and int(number) != z):
            continue
        plane = _inner(cell, plane_name)
        polygons = [] if plane is None else [polygon for one in plane if (polygon := _polygon(_inner(plane, one), path))]
        if not polygons:
            continue
        level = levels[int(number)] if int(number) < len(levels) else None
        yield (name, int(number), level), polygons


def _inner(group: Any, name: str) -> Any:
    """A group inside; links to other places are not followed."""
    import h5py

    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        return None
    found = group[name]
    return found if isinstance(found, h5py.Group) else None


def _polygon(group: Any, path: Path) -> Polygon:
    if group is None or "coordinates" not in group:
        return []
    values = _array(group, "coordinates", path)
    values = values[None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[2] < 2:
        raise ValueError("coordinates of another shape")
    return [np.asarray(ring[:, :2], np.float64) for ring in values if np.isfinite(ring[:, :2]).all()]


def _levels(cell: Any) -> list[float]:
    """Heights of the planes in micrometres."""
    if "z_coordinates" not in cell:
        return []
    return [float(one) for one in _array(cell, "z_coordinates", None).ravel()[:1000]]


def _array(group: Any, name: str, path: Path | None) -> Any:
    """A small data set that lies in this file."""
    import h5py

    data = group[name] if isinstance(group.get(name, getlink=True), h5py.HardLink) else None
    if not isinstance(data, h5py.Dataset) or data.dtype.kind not in "fiu" or data.is_virtual or data.external:
        raise ValueError(f"{name} is no array of numbers")
    if data.size > 2 * _MOST:
        raise TooLarge(f"{path}: an outline of {data.size // 2:,} vertices, more than the {_MOST:,} that segue reads", path=path, limit=_MOST)
    return data[()]
