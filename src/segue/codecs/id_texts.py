"""Ids of any type as texts, exactly."""

from __future__ import annotations

import polars as pl


def id_texts(values: pl.Series) -> pl.Series:
    """Whole numbers with all their digits (never by way of a float), bytes as the UTF-8 they are, whole floats (what pandas makes of numbers
    with gaps) without their zeros; null for bytes that are no text."""
    values = values.alias("")
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        if (whole.cast(values.dtype) == values).all():
            return whole.cast(pl.Utf8)
    return values.cast(pl.Utf8, strict=False)
