"""Values as NimbusImage's server writes them: whole numbers without a point, others as Python does, columns at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from segue.codecs.python_numbers import python_numbers


def python_texts(values: pl.Series) -> pl.Series:
    """The text of each value; null stays null.

    Parameters
    ----------
    values
        Of any type that columns of tables have.
    """
    if values.dtype == pl.Boolean:
        return pl.select(pl.when(values).then(pl.lit("True")).when(~values).then(pl.lit("False")).alias(values.name)).to_series()
    return python_numbers(values) if values.dtype.is_float() else values.cast(pl.Utf8)


def python_repr(texts: pl.Series) -> pl.Series:
    """JSON texts as Python shows what they mean: ``{'x': 1.5}``; by their distinct values."""
    distinct = texts.drop_nulls().unique()
    shown = pl.Series([_repr(one) for one in distinct], dtype=pl.Utf8)
    return texts.replace_strict(distinct, shown, default=None, return_dtype=pl.Utf8) if len(distinct) else texts


def _repr(text: str) -> str:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) else repr(value)


def as_dict(keys: Sequence[str], values: Sequence[pl.Series]) -> pl.Series:
    """(rows,) What Python shows of an object with these members; members that are missing are left out, and objects without any are null.

    Parameters
    ----------
    keys
        Names of the members.
    values
        Texts of them, as Python shows them.
    """
    members = [pl.concat_str(pl.lit(f"{key!r}: "), one) for key, one in zip(keys, values, strict=True)]
    there = pl.any_horizontal([pl.lit(one.is_not_null()) for one in values])
    joined = pl.concat_str(members, separator=", ", ignore_nulls=True)
    return pl.select(pl.when(there).then(pl.concat_str(pl.lit("{"), joined, pl.lit("}"))).alias("object")).to_series()


def sanitised(names: Sequence[str]) -> list[str]:
    """Names that R and others take: runs of other characters than letters, digits and _ become one _, repeated names get _2, _3, ...

    The rule is NimbusImage's, but for the names that it makes of several empty ones, __2 and so on: behind a _ they stay, so that
    doing it twice changes no more than doing it once.
    """
    found: list[str] = []
    used: set[str] = set()
    next_of: dict[str, int] = {}
    for given in names:
        made = "_" in used and re.fullmatch("_(_[0-9]+)+", given)
        name = given if made else re.sub(r"[^A-Za-z0-9_]+", "_", given).strip("_") or "_"
        own, nth = name, next_of.get(name, 2)
        while own in used:
            own, nth = f"{name}_{nth}", nth + 1
        next_of[name] = nth
        used.add(own)
        found.append(own)
    return found
