"""The member ``segue`` of an annotation: what NimbusImage has no words for. NimbusImage passes over it.

Axes in which an object or shape is everywhere (null) are named here, and those of whole image sets in the description at the end of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import polars as pl

from segue.codecs.json_columns import quoted
from segue.errors import Malformed

_PIECE = 1 << 16
Small = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Large = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Colour = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
Place = Small | None | msgspec.UnsetType


class Side(msgspec.Struct, gc=False):
    """One annotation."""

    id: str | None = None
    label: Natural | None = None
    layer: str | msgspec.UnsetType | None = msgspec.UNSET
    """Where it is not stated, ``labels`` for objects with a label, else none."""
    t: Place = msgspec.UNSET
    z: Place = msgspec.UNSET
    c: Place = msgspec.UNSET
    """Null = all; where it is not stated, what NimbusImage says."""
    track: Large | None = None
    colour: Colour | None = None
    locked: bool = False
    kind: str | None = None
    """Kind of the shape where NimbusImage has another."""
    role: str | None = None
    of: str | None = None
    """This is a further shape, or part of one, of the annotation of this id."""
    shape: Small = 1
    """The number of the shape of the object, from 1."""
    part: Small = 1
    """The number of the part of the shape, from 1."""
    hole: Natural = 0
    """The number of the hole of the part, from 1; 0 = it is none."""
    starts: list[int] | None = None
    lengths: list[int] | None = None
    """Where the rings of a part are that is written as one ring with slits."""
    marked: bool = False
    """Whether its last tag says only that it is one of several parts."""


SCHEMA: dict[str, Any] = {
    "id": pl.Utf8,
    "label": pl.UInt64,
    "layer": pl.Utf8,
    "layered": pl.Boolean,
    **dict.fromkeys("tzc", pl.Int32),
    **dict.fromkeys(("t_stated", "z_stated", "c_stated"), pl.Boolean),
    "track": pl.Int64,
    "colour": pl.UInt32,
    "locked": pl.Boolean,
    "kind": pl.Utf8,
    "role": pl.Utf8,
    "of": pl.Utf8,
    "shape": pl.Int32,
    "part": pl.Int32,
    "hole": pl.Int64,
    "starts": pl.List(pl.Int64),
    "lengths": pl.List(pl.Int64),
    "marked": pl.Boolean,
}
"""Columns of `read_sides`: the members, and which of them are stated."""


def read_sides(texts: pl.Series, path: Path | str) -> pl.DataFrame | None:
    """The side members of annotations as columns (null where nothing is said); None if there are none at all.

    Raises
    ------
    Malformed
    """
    if texts.null_count() == len(texts):
        return None
    pieces = [_piece(texts[first : first + _PIECE], path) for first in range(0, len(texts), _PIECE)]
    return pl.concat(pieces)


def _piece(texts: pl.Series, path: Path | str) -> pl.DataFrame:
    if texts.null_count() == len(texts):
        return pl.DataFrame([pl.Series(name, [None], dtype=dtype).new_from_index(0, len(texts)) for name, dtype in SCHEMA.items()])
    joined = "[" + texts.fill_null("null").str.join(",").item() + "]"
    try:
        found = msgspec.json.decode(joined, type=list[Side | None])
        return pl.DataFrame([_row(one) for one in found], schema=SCHEMA, orient="row")
    except (msgspec.DecodeError, RecursionError, OverflowError, pl.exceptions.PolarsError, TypeError) as error:
        raise Malformed(f"{path} is damaged in its members 'segue': {error}", path=path, position="segue", expected="what segue writes") from error


_NOTHING = (None,) * len(SCHEMA)


def _row(one: Side | None) -> tuple[Any, ...]:
    if one is None:
        return _NOTHING
    layered = one.layer is not msgspec.UNSET
    places = (one.t, one.z, one.c)
    return (
        one.id,
        one.label,
        one.layer if layered else None,
        layered,
        *(None if place is msgspec.UNSET else place for place in places),
        *(place is not msgspec.UNSET for place in places),
        one.track,
        one.colour,
        one.locked,
        one.kind,
        one.role,
        one.of,
        one.shape,
        one.part,
        one.hole,
        one.starts,
        one.lengths,
        one.marked,
    )


def text(values: pl.Series) -> pl.Series:
    """Values as JSON, null where there is none."""
    if values.dtype == pl.Utf8:
        return quoted(values)
    if values.dtype == pl.Boolean:
        return pl.select(pl.when(values).then(pl.lit("true"))).to_series()
    return values.cast(pl.Utf8)


def joined(members: Iterator[tuple[str, pl.Series]], count: int) -> pl.Series:
    """``{"name":value,...}`` of the values that are not null; null where there is none. Values are JSON texts."""
    some = [(key, values) for key, values in members if values.null_count() < len(values)]
    if not some:
        return pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    parts = [pl.concat_str(pl.lit(f'"{key}":'), values, pl.lit(",")) for key, values in some]
    inside = pl.concat_str(*parts, ignore_nulls=True).str.strip_suffix(",")
    frame = pl.select(inside.alias("inside"))
    return frame.select(pl.when(pl.col("inside") != "").then(pl.concat_str(pl.lit("{"), "inside", pl.lit("}"))).alias("side"))["side"]
