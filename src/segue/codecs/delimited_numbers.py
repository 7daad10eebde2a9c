"""Numbers in columns of text: exact, whatever wrote them; what is not a column of numbers stays the text it is."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

MISSING = ("NA", "N/A", "n/a", "#N/A", "ø")
"""What R, spreadsheets and TrackMate write where there is no number."""
_INTEGER = r"^[+-]?[0-9]+$"
_PADDED = r"^[+-]?0[0-9]"
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_SPECIAL = r"^[+-]?(?i:nan|inf|infinity|∞)$"
_MARK = r"[.,eE]|(?i:nan|inf)"
_SAMPLE = 64


def numbers(series: pl.Series, decimal: str = ".", missing: Collection[str] = ()) -> pl.Series:
    """A column of text as numbers, if all of it is numbers.

    Parameters
    ----------
    series
        Texts; null = missing.
    decimal
        ``.`` or ``,``.
    missing
        Texts that mean "missing" among numbers (see ``MISSING``).

    Returns
    -------
    Int64 where all are whole numbers without a decimal point, UInt64 where they need it, Float64 where all are numbers (``NaN``, ``inf`` and
    ``Infinity`` are). Else, and where nothing is filled, the same texts: ``007``, whole numbers beyond 64 bits, and what else a number would not hold.
    """
    if series.dtype != pl.Utf8:
        return series
    texts = series
    filled = texts.drop_nulls()
    if not filled.len() or not _promising(filled.head(_SAMPLE), decimal, missing):
        return series
    if _like(filled[0], _INTEGER) and not any(_like(one, _INTEGER) for one in missing):  # then no text that means "missing" is a whole number
        found = _whole(texts)
        if found is not None:
            return found.alias(series.name)
    if missing:
        texts = series.set(series.is_in(list(missing)).fill_null(value=False), None) if series.is_in(list(missing)).any() else series
        filled = texts.drop_nulls()
        if not filled.len():
            return series
    found = _whole(texts) if _like(filled[0], _INTEGER) else None
    found = _real(texts, decimal) if found is None else found
    return series if found is None else found.alias(series.name)


def _promising(sample: pl.Series, decimal: str, missing: Collection[str]) -> bool:
    rest = sample.filter(~sample.is_in(list(missing))) if missing else sample
    return bool(_numeric(rest, decimal).all())


def _numeric(texts: pl.Series, decimal: str) -> pl.Series:
    stripped = texts.str.strip_chars()
    pattern = _NUMBER if decimal == "." else _NUMBER.replace(r"\.", ",")
    return stripped.str.contains(pattern) | stripped.str.contains(_SPECIAL)


def _like(text: str, pattern: str) -> bool:
    return bool(pl.Series([text.strip()]).str.contains(pattern)[0])


def _whole(texts: pl.Series) -> pl.Series | None:
    """As whole numbers; None = not all of them are, or they do not fit."""
    for kind in (pl.Int64, pl.UInt64):
        for stripped in (False, True):
            one = texts.str.strip_chars() if stripped else texts
            found = one.cast(kind, strict=False)
            if found.null_count() == texts.null_count():
                return None if _padded(one) else found
    return None


def _padded(texts: pl.Series) -> bool:
    """Whether a whole number begins with a zero that it does not need."""
    below = texts < "1"  # as all texts that begin with 0, + or -
    return bool(below.any()) and bool(texts.filter(below).str.contains(_PADDED).any())


def _real(texts: pl.Series, decimal: str) -> pl.Series | None:
    plain = texts if decimal == "." else texts.str.replace(",", ".", literal=True)
    if decimal != "." and texts.str.contains(".", literal=True).any():
        return None
    found = plain.cast(pl.Float64, strict=False)
    if found.null_count() > texts.null_count():
        plain = plain.str.strip_chars().str.replace("∞", "inf", literal=True)
        found = plain.cast(pl.Float64, strict=False)
    if found.null_count() > texts.null_count() or _inexact(plain, found):
        return None
    return found


def _inexact(texts: pl.Series, found: pl.Series) -> bool:
    """Whether texts are only numbers by accident: whole numbers padded with zeros, beyond what a float holds, or too large for one."""
    if texts.str.contains(_PADDED).any() and not texts.str.contains(_MARK).any():
        return True
    large = found.is_finite() & (found.abs() >= 2.0**53)
    if large.any() and texts.filter(large).str.contains(_INTEGER).any():
        return True
    infinite = found.is_infinite()
    return bool(infinite.any() and not texts.filter(infinite).str.contains(_SPECIAL).all())
