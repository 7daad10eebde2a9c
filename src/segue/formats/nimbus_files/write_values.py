"""Values of tables as values of properties: nested objects, as text, for many objects at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from segue.codecs.json_columns import quoted
from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.nimbus_files.places import Places
from segue.model.study import ImageSet
from segue.model.tables import Column

OBJECTS = 20_000
"""How many are turned into text at a time."""
Exact = dict[str, dict[str, dict[str, Any]]]


@dataclass
class _Node:
    """A place: the columns that stand there, and the places inside it."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    inside: dict[str, _Node] = field(default_factory=dict)


def values_of(s: ImageSet, own: pl.Series, places: Places) -> Iterator[bytes]:
    """``"id":{...},"id":{...}`` in pieces: the objects that have values, without a comma at the end.

    Parameters
    ----------
    s
        Fitted: every table has a row for every object.
    own
        The ids of the objects in the file.
    places
        Where the columns stand.
    """
    top = _Node()
    columns = {(name, column.name): column for name, table in s.tables.items() for column in table.columns}
    for (name, column_name), column in columns.items():
        node = top
        for key in places.of[name, column]:
            node = node.inside.setdefault(key, _Node())
        node.columns.append((name, column_name))
    for first in range(0, len(own) if columns else 0, OBJECTS):
        cells = {key: native_cells(s.tables[key[0]].frame[key[1]][first : first + OBJECTS].alias(""), column) for key, column in columns.items()}
        inside = _object(top, cells)
        if inside is None:
            continue
        frame = pl.DataFrame({"id": quoted(own[first : first + OBJECTS]), "value": inside}).filter(pl.col("value").is_not_null())
        if frame.height:
            yield str(frame.select(pl.concat_str("id", pl.lit(":"), "value").str.join(","))["id"].item()).encode()


def _object(node: _Node, cells: Mapping[tuple[str, str], pl.Series]) -> pl.Series | None:
    """What stands inside a place, in braces; null where nothing does."""
    members = [(key, _value(one, cells)) for key, one in node.inside.items()]
    some = [(key, values) for key, values in members if values is not None and values.null_count() < len(values)]
    if not some:
        return None
    parts = [pl.concat_str(pl.lit(dumps(key).decode() + ":"), values, pl.lit(",")) for key, values in some]
    frame = pl.select(pl.concat_str(*parts, ignore_nulls=True).str.strip_suffix(",").alias("inside"))
    return frame.select(pl.when(pl.col("inside") != "").then(pl.concat_str(pl.lit("{"), "inside", pl.lit("}"))).alias("value"))["value"]


def _value(node: _Node, cells: Mapping[tuple[str, str], pl.Series]) -> pl.Series | None:
    found = [cells[key] for key in node.columns]
    inside = _object(node, cells)
    found += [inside] if inside is not None else []
    return pl.select(pl.coalesce(*found).alias("value"))["value"] if found else None


def native_cells(values: pl.Series, column: Column) -> pl.Series:
    """Values as JSON that NimbusImage accepts: no booleans, lists, NaN; null where there is none."""
    values = values.alias("")
    if column.type == "number":
        text = values.cast(pl.Utf8).str.strip_suffix(".0")
        if (values == 0).any():
            text = text.replace("-0", "-0.0")
        if values.is_finite().all():
            return text
        return pl.select(pl.when(values.is_nan()).then(pl.lit("null")).when(values.is_finite()).then(text).alias("value"))["value"]
    if column.type == "text":
        return quoted(values)
    if column.type == "boolean":
        return values.cast(pl.UInt8).cast(pl.Utf8)
    if column.type == "json":
        distinct = values.drop_nulls().unique()
        native = pl.Series([text if is_plain(text) else dumps(text).decode() for text in distinct], dtype=pl.Utf8)
        return values.replace_strict(distinct, native, default=None, return_dtype=pl.Utf8)
    return values.cast(pl.Utf8)


def is_plain(text: str) -> bool:
    """Whether JSON text is a number or text as it is written here."""
    try:
        value = loads(text.encode("utf-8", "replace"))
        return isinstance(value, str | int | float) and not isinstance(value, bool) and dumps(value).decode() == text
    except (Malformed, ValueError):
        return False


def exact_values(image_sets: Sequence[ImageSet], own: Sequence[pl.Series]) -> Exact:
    """What NimbusImage cannot hold: id -> table -> column -> infinities by name, JSON other than numbers and texts as text."""
    found: Exact = {}
    for s, ids in zip(image_sets, own, strict=True):
        for name, table in s.tables.items():
            for column in table.columns:
                for row, value in _exact(table.frame[column.name].alias(""), column):
                    found.setdefault(ids[row], {}).setdefault(name, {})[column.name] = value
    return found


def _exact(values: pl.Series, column: Column) -> Iterator[tuple[int, str]]:
    if column.type == "number":
        for row in values.is_infinite().fill_null(value=False).arg_true():
            yield row, "Infinity" if values[row] > 0 else "-Infinity"
    elif column.type == "json":
        odd = [text for text in values.drop_nulls().unique() if not is_plain(text)]
        for row in values.is_in(odd).fill_null(value=False).arg_true() if odd else ():
            yield row, values[row]
