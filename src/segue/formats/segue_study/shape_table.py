"""shapes.parquet: GeoParquet for others, exact columns for segue."""

from __future__ import annotations

import polars as pl

from segue.codecs import parquet
from segue.codecs.parquet_geometry import COLUMN, geo_metadata, wkb
from segue.codecs.parquet_lists import COLUMNS as LISTS
from segue.codecs.parquet_lists import list_columns, rings_of
from segue.formats.segue_study.keyed import with_ids, with_rows
from segue.formats.segue_study.outlines import geometries
from segue.model.shapes import Shapes

_OBJECT, _KIND = "object", "kind"


def encode_shapes(shapes: Shapes, ids: pl.Series) -> bytes:
    """The file: one row per shape, its object by id, the exact vertices as lists, and a geometry."""
    drawn = geometries(shapes)
    frame = with_ids(shapes.frame, _OBJECT, ids).with_columns(pl.col(_KIND).cast(pl.Utf8), **list_columns(shapes.rings)).with_columns(wkb(drawn))
    return parquet.encode(frame, geo_metadata(drawn))


def decode_shapes(data: bytes, ids: pl.Series, where: str) -> Shapes:
    """The shapes.

    Raises
    ------
    Malformed, ValueError
    """
    frame = with_rows(parquet.decode(data, where), _OBJECT, ids)
    missing = [name for name in LISTS if frame.schema.get(name) != LISTS[name]]
    if missing:
        raise ValueError(f"the lists {', '.join(missing)} are missing")
    return Shapes(frame.drop(*LISTS, COLUMN, strict=False), rings_of(frame))
