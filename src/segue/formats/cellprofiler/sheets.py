"""All tables of one export as texts: what the files hold, and what a study is turned into before it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.model.objects import unique_texts

Texts = pl.DataFrame
"""Columns of texts; null = empty."""


@dataclass(frozen=True)
class Sheets:
    """The tables of an export."""

    images: Texts | None = None
    """One row per image set, with ``ImageNumber``."""
    objects: dict[str, Texts] = field(default_factory=dict)
    """Type of objects -> one row per object, with ``ImageNumber`` and ``ObjectNumber``."""
    relations: Texts | None = None
    experiment: dict[str, str] = field(default_factory=dict)


def blank(count: int) -> pl.Series:
    """Nothing but empty cells."""
    return pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)


def typed(texts: pl.Series) -> tuple[Literal["number", "integer", "text"], pl.Series]:
    """A column as what its texts are; ``nan`` is a number."""
    found = numbers(texts)
    if found.dtype == pl.Int64:
        return "integer", found
    return ("number", found) if found.dtype == pl.Float64 else ("text", texts)


def as_text(values: pl.Series, undefined: str | None) -> pl.Series:
    """Values as CellProfiler writes them: truth values are 1 and 0, NaN is ``undefined``."""
    if values.dtype == pl.Boolean:
        return values.cast(pl.Int64).cast(pl.Utf8)
    if values.dtype.is_float():
        texts = values.cast(pl.Utf8)
        return texts.set(values.is_nan().fill_null(value=False), undefined)
    return values.cast(pl.Utf8)


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The same names, those that repeat earlier ones (or ``taken`` ones) with ``-2``, ``-3``, ... behind them."""
    before = list(taken)
    found = [*before, *names]
    return found[len(before) :] if len(set(found)) == len(found) else unique_texts(pl.Series(found, dtype=pl.Utf8))[len(before) :].to_list()
