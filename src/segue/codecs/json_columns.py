"""Columns of JSON texts: quoting and unquoting many values at once, without one Python object per value."""

from __future__ import annotations

import json
from typing import Any

import polars as pl


def quoted(texts: pl.Series) -> pl.Series:
    """Texts as JSON texts, with their quotes; null stays null."""
    if not len(texts):
        return texts.cast(pl.Utf8)
    text = pl.col("text")  # polars takes a name such as ^a$ for a pattern
    found, special = texts.to_frame("text").select(
        pl.concat_str(pl.lit('"'), text, pl.lit('"')).alias("found"), text.str.contains(r'["\\\x00-\x1f]').fill_null(False).alias("special")
    )
    if not special.any():
        return found.alias(texts.name)
    return _replaced(texts.alias(""), found, special, lambda text: json.dumps(text, ensure_ascii=False)).alias(texts.name)


def unquoted(values: pl.Series) -> pl.Series:
    """JSON texts as texts; null where a value is not a text."""
    if values.null_count() == len(values):
        return values.clone()
    text = pl.col("text")
    is_text = text.str.starts_with('"').fill_null(False)
    found, special = values.to_frame("text").select(
        pl.when(is_text).then(text.str.strip_chars('"')).alias("found"), (is_text & text.str.contains("\\", literal=True)).alias("special")
    )
    return _replaced(values, found, special, text_of) if special.any() else found.alias(values.name)


def text_of(value: str) -> str | None:
    """The text that a JSON value is, or None; half a surrogate pair becomes U+FFFD."""
    text = json.loads(value)
    if not isinstance(text, str):
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def numbers(values: pl.Series) -> pl.Series:
    """Numbers as JSON: shortest text that reads back equal, integers without decimals, NaN and infinities as texts, null as null."""
    column = pl.col("value")
    finite = column.cast(pl.Utf8).str.strip_suffix(".0")
    texts = (
        pl.when(column.is_nan())
        .then(pl.lit('"NaN"'))
        .when(column.is_infinite())
        .then(pl.when(column > 0).then(pl.lit('"Infinity"')).otherwise(pl.lit('"-Infinity"')))
        .otherwise(finite)
    )
    return values.cast(pl.Float64).to_frame("value").select(texts.alias("value"))["value"].alias(values.name)


def _replaced(values: pl.Series, found: pl.Series, where: pl.Series, change: Any) -> pl.Series:
    """``found``, but ``change(value)`` in the rows ``where``; every distinct value is changed once."""
    distinct = values.filter(where).unique()
    table = pl.DataFrame({"old": distinct, "new": pl.Series([change(value) for value in distinct], dtype=pl.Utf8)})
    joined = pl.DataFrame({"old": values.set(~where, None), "found": found}).join(table, on="old", how="left", maintain_order="left")
    return joined.select(pl.when(pl.Series(where)).then("new").otherwise("found").alias("text"))["text"].alias(values.name)
