"""Populations: those that segue wrote, or the classes that a column names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl

from segue.formats.geoparquet.layout import CLASSIFICATION, POPULATIONS
from segue.model.populations import Membership, Population


def read_populations(frame: pl.DataFrame, defined: tuple[Population, ...], column: str) -> tuple[tuple[Population, ...], Membership, set[str]]:
    """Populations, members, and the columns that were understood.

    An object is in the populations whose ids it lists; if it lists none, in that of its class. The class names the first one listed, where
    nothing else defines it.

    Parameters
    ----------
    frame
        A row per object.
    defined
        What segue wrote.
    column
        The column of classes, if it is not the usual one.
    """
    name = column or CLASSIFICATION
    known = {one.id: one for one in defined}
    rows = pl.int_range(frame.height, dtype=pl.Int32, eager=True)
    listed = not column and POPULATIONS in frame.columns and frame[POPULATIONS].dtype == pl.List(pl.Utf8)
    ids = frame[POPULATIONS] if listed else pl.Series([None], dtype=pl.List(pl.Utf8)).new_from_index(0, frame.height)
    classes = _classes(frame[name].alias("")) if name in frame.columns else None
    members = pl.DataFrame({"population": ids, "object": rows}).explode("population").drop_nulls()
    if classes is not None:
        texts, made = classes
        found = pl.DataFrame({"population": texts, "object": rows, "first": ids.list.first()})
        firsts = dict(found.drop_nulls().select("first", "population").unique("first", keep="first").iter_rows())
        names = {one.id: one for one in made}
        known |= {key: replace(names[class_], id=key) for key, class_ in firsts.items() if key not in known}
        unlisted = found.filter(pl.col("first").is_null()).drop("first").drop_nulls()
        known |= {one: names[one] for one in unlisted["population"].unique(maintain_order=True).to_list() if one not in known}
        members = pl.concat([unlisted, members])
    known |= {one: Population(one, (one,)) for one in members["population"].unique(maintain_order=True).to_list() if one not in known}
    members = members.unique(maintain_order=True).sort("object", maintain_order=True)
    return tuple(known.values()), Membership.of(members), ({POPULATIONS} if listed else set()) | ({name} if classes is not None else set())


def _classes(values: pl.Series) -> tuple[pl.Series, list[Population]] | None:
    """The class of each row by its id, and the classes; None if the column holds none."""
    if values.dtype == pl.Struct:
        values = pl.Series([None if one is None else json.dumps(one, default=str) for one in values.to_list()], dtype=pl.Utf8)
    if values.dtype.is_integer() or values.dtype in (pl.Categorical, pl.Enum, pl.Null):
        values = values.cast(pl.Utf8)
    if values.dtype != pl.Utf8:
        return None
    found = {text: _class(text) for text in values.drop_nulls().unique(maintain_order=True).to_list()}
    ids = {text: one.id for text, one in found.items() if one is not None}
    named = values.replace_strict(ids, default=None, return_dtype=pl.Utf8) if ids else values.clear().extend_constant(None, len(values))
    return named.alias("population"), [one for one in found.values() if one is not None]


def _class(text: str) -> Population | None:
    """A name, or what QuPath makes of it: an object with name and colour."""
    if not text.strip():
        return None
    value: Any = None
    if text.startswith("{"):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
    if isinstance(value, dict):
        name = value.get("name")
        return Population(name, (name,), "class", _colour(value.get("color")), exclusive=True) if isinstance(name, str) and name else None
    return Population(text, (text,), "class", exclusive=True)


def _colour(value: Any) -> int | None:
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(one, int) and 0 <= one <= 255 for one in value):
        return None
    return int(value[0] << 24 | value[1] << 16 | value[2] << 8 | 0xFF)
