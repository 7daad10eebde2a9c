"""The geometry columns of a file: shapes per row of the table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.geoarrow import ENCODINGS, read_native
from segue.codecs.json_text import loads
from segue.codecs.wkb_read import Geometries, read_wkb
from segue.errors import Malformed, UnsupportedVariant, WrongFormat
from segue.formats.geoparquet.geometries import IMPLIED
from segue.formats.geoparquet.layout import GEO
from segue.model.features import Feature
from segue.model.rings import Ints, Rings
from segue.notes import Kind, Note, Notes


@dataclass(frozen=True)
class Geo:
    """The entry ``geo`` of the metadata."""

    primary: str
    columns: dict[str, dict[str, Any]]
    covering: frozenset[str]
    """Columns of boxes around geometries: they say nothing new."""


def described(metadata: dict[str, str], schema: dict[str, str], path: Path) -> Geo:
    """What the file says about its geometry.

    Raises
    ------
    WrongFormat
        Nothing.
    Malformed
        Something that cannot be.
    """
    if GEO not in metadata:
        raise WrongFormat(f"{path} is Parquet, but no GeoParquet: it does not describe a geometry column; read it as a table", path=path, expected="GeoParquet")
    value = loads(metadata[GEO].encode("utf-8", "replace"), path)
    columns = value.get("columns") if isinstance(value, dict) else None
    primary = value.get("primary_column", "geometry") if isinstance(value, dict) else None
    if not isinstance(columns, dict) or not isinstance(primary, str) or primary not in schema or not all(isinstance(one, dict) for one in columns.values()):
        raise Malformed(f"{path} describes its geometry in a way that cannot be; write it again, e.g. with GeoPandas", path=path, position=GEO)
    there = {name: one for name, one in columns.items() if name in schema}
    return Geo(primary, {primary: columns.get(primary, {}), **there}, frozenset(_covering(there)))


def _covering(columns: dict[str, dict[str, Any]]) -> set[str]:
    found = set()
    for one in columns.values():
        covering = one.get("covering")
        box = covering.get("bbox") if isinstance(covering, dict) else None
        for place in box.values() if isinstance(box, dict) else ():
            if isinstance(place, list) and place and isinstance(place[0], str):
                found.add(place[0])
    return found


def geometry(column: pl.Series, stated: dict[str, Any], path: Path) -> Geometries:
    """The geometries of a column.

    Raises
    ------
    Malformed
    UnsupportedVariant
        The encoding is not one of GeoParquet 1.1.
    """
    encoding = stated.get("encoding", "WKB")
    name = column.name
    if encoding in ENCODINGS:
        try:
            return read_native(column, encoding)
        except (ValueError, pl.exceptions.PolarsError) as error:
            raise Malformed(f"{path}: the geometry column {name!r} is damaged ({error}); write it again", path=path, position=name) from error
    if encoding != "WKB":
        what = f"{path}: geometry is encoded as {str(encoding)[:60]!r}, which is none of GeoParquet 1.1; write it as WKB"
        raise UnsupportedVariant(what, path=path, position=name)
    if column.dtype != pl.Binary:
        raise Malformed(f"{path}: the geometry column {name!r} holds {column.dtype}, not WKB; write it again", path=path, position=name)
    return read_wkb(column)


def shape_table(found: Geometries, radius: pl.Series | None) -> tuple[pl.DataFrame, Rings]:
    """Row of the table and kind of each shape, and its vertices. Points with a radius are circles."""
    kind = pl.Series(found.kind).replace_strict(IMPLIED, return_dtype=pl.Utf8)
    two = pl.Series(np.diff(found.rings.coord_start) == 2)
    kind = pl.select(pl.when((kind == "polyline") & two).then(pl.lit("line")).otherwise(kind)).to_series()
    frame = pl.DataFrame({"row": pl.Series(found.row, dtype=pl.Int64), "kind": kind})
    if radius is None:
        return frame, found.rings
    r = radius.cast(pl.Float64).gather(frame["row"]).to_numpy()
    round_ = np.flatnonzero((kind == "point").to_numpy() & (r > 0))
    if not len(round_):
        return frame, found.rings
    place = pl.Series(np.isin(np.arange(len(frame)), round_))
    return frame.with_columns(kind=pl.when(place).then(pl.lit("oval")).otherwise("kind")), _circles(found.rings, round_.astype(np.int64), r[round_])


def _circles(rings: Rings, rows: Ints, radius: np.ndarray[Any, np.dtype[np.float64]]) -> Rings:
    """Some points as the corners of the boxes around them."""
    first = rings.coord_start[:-1][rows]
    copies = np.ones(len(rings.coords), np.int64)
    copies[first] = 2
    coords = np.repeat(rings.coords, copies, axis=0)
    place = first + np.arange(len(rows))
    coords[place] -= radius[:, None]
    coords[place + 1] += radius[:, None]
    length = np.diff(rings.ring_start)
    length[rings.part_start[rings.shape_start[:-1][rows]]] = 2
    return Rings(coords, np.concatenate([[0], np.cumsum(length)]), rings.part_start, rings.shape_start)


def geometry_notes(name: str, found: Geometries) -> Notes:
    """What of a column has become no shape."""
    notes = [Note(Kind.SKIPPED, f"{reason} in {name} have no shape", Feature.POLYGON, count=count) for reason, count in found.unreadable.items()]
    if found.degenerate:
        notes.append(Note(Kind.SKIPPED, "rings of fewer than three different vertices enclose nothing", Feature.POLYGON, count=found.degenerate))
    if found.deep:
        notes.append(Note(Kind.SKIPPED, f"vertices in {name} have a third number (height or measure), which is left out", where=""))
    return Notes.of(*notes)


def system_notes(geo: Geo) -> Notes:
    """What the coordinates are said to be, if not pixels."""
    stated = geo.columns[geo.primary]
    if "crs" not in stated:
        return Notes.of(Note(Kind.ASSUMED, "the file states no coordinate system, which GeoParquet takes for longitude and latitude; read as pixels"))
    crs = stated["crs"]
    if crs is None or (isinstance(crs, dict) and crs.get("type") == "EngineeringCRS"):
        return Notes()
    name = str(crs.get("name", "another"))[:60] if isinstance(crs, dict) else "another"
    return Notes.of(Note(Kind.ASSUMED, f"the coordinates are said to be of the system {name}; read as pixels"))
