"""Numbers as JavaScript reads them from text and writes them as text (ECMAScript 2024, sections 7.1.4.1 and 6.1.6.1.20)."""

from __future__ import annotations

import math
import re

import numpy as np
import polars as pl

_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript calls white space, and the ends of lines; a byte order mark is among them."""
BLANKS = f"[{_BLANKS}]"
_PREFIXED = re.compile(r"0(?:[xX]([0-9a-fA-F]+)|[oO]([0-7]+)|[bB]([01]+))")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?Infinity")
_TRIM = re.compile(f"^{BLANKS}+|{BLANKS}+$")
_LEADING_NUMBER = rf"^{BLANKS}*([+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))"
_LEADING_WHOLE = rf"^{BLANKS}*([+-]?)(?:0[xX]([0-9a-fA-F]*)|([0-9]+))"
_PLAIN = r"^[0-9]{1,15}$"
_EXACT = 2.0**53
_MOST_DIGITS = 1100
"""More hexadecimal or binary digits than a number can have that is not infinite."""


def javascript_text(value: float) -> str:
    """``String(value)``: the shortest digits that give the same number; an exponent from 1e21 on, and below 0.000001. Zero has no sign."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(float(value))).partition("e")
    before, _, after = mantissa.partition(".")
    digits = (before + after).lstrip("0").rstrip("0")
    place = len(before.lstrip("0")) or -(len(after) - len(after.lstrip("0")))
    return ("-" if value < 0 else "") + _placed(digits, place + int(exponent or 0))


def _placed(digits: str, place: int) -> str:
    """Digits with the decimal point behind the ``place``-th."""
    if len(digits) <= place <= 21:
        return digits + "0" * (place - len(digits))
    if 0 < place <= 21:
        return f"{digits[:place]}.{digits[place:]}"
    if -6 < place <= 0:
        return f"0.{'0' * -place}{digits}"
    exponent = f"e{'+' if place > 0 else '-'}{abs(place - 1)}"
    return f"{digits[0]}.{digits[1:]}{exponent}" if len(digits) > 1 else digits + exponent


def javascript_texts(values: pl.Series) -> pl.Series:
    """`javascript_text` of a column of integers or floats; null stays null. A million take about a tenth of a second."""
    if not values.dtype.is_float():
        return values.cast(pl.Utf8)
    floats = values.alias("").cast(pl.Float64)  # names such as ^a$ are patterns to polars
    filled = floats.fill_null(0.0).to_numpy()
    size = np.abs(filled)
    whole = (np.trunc(filled) == filled) & (size < _EXACT)
    texts = floats.cast(pl.Utf8)
    if whole.any():
        integers = pl.Series(np.where(whole, filled, 0.0)).cast(pl.Int64).cast(pl.Utf8)
        texts = pl.select(pl.when(pl.Series(whole) & floats.is_not_null()).then(integers).otherwise(texts)).to_series()
    odd = np.flatnonzero(~whole & ~((size >= 1e-3) & (size < 1e15)))  # between these polars writes no exponent
    if len(odd):
        found = [javascript_text(value) for value in filled[odd].tolist()]
        texts = texts.clone().scatter(odd, pl.Series(found, dtype=pl.Utf8))
    return texts.alias(values.name)


def trim(text: str) -> str:
    """``text.trim()``: without white space and ends of lines around it; a byte order mark is white space."""
    return _TRIM.sub("", text)


def number(text: str) -> float | None:
    """``Number(text)``: blanks around it do not count, ``0x10`` is 16, ``1e2`` is 100; None = NaN.

    An empty text, which is 0 in JavaScript, is None as well: nobody means it.
    """
    text = trim(text)
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed:
        digits, base = next((digits, base) for digits, base in zip(prefixed.groups(), (16, 8, 2), strict=True) if digits)
        return _float(int(digits, base)) if len(digits) <= _MOST_DIGITS else math.inf
    return float(text.replace("Infinity", "inf")) if _DECIMAL.fullmatch(text) else None


def _float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def numbers(texts: pl.Series) -> pl.Series:
    """`number` of a column of text, Float64; null where it is NaN, and for null."""
    name, texts = texts.name, texts.alias("")
    plain = texts.str.contains(_PLAIN).fill_null(value=False)
    found = texts.set(~plain, None).cast(pl.Float64) if not plain.all() else texts.cast(pl.Float64)
    odd = texts.filter(~plain).drop_nulls().unique()
    if not len(odd):
        return found.alias(name)
    meant = {text: number(text) for text in odd}
    rest = texts.set(plain, None).replace_strict(meant, default=None, return_dtype=pl.Float64)
    return pl.select(pl.coalesce(found, rest)).to_series().alias(name)


def whole_numbers(texts: pl.Series) -> pl.Series:
    """The same where it is a whole number from 0, with all its digits, UInt64; null elsewhere."""
    name, texts = texts.name, texts.alias("")
    digits = texts.str.contains(r"^[0-9]{1,20}$").fill_null(value=False)
    found = texts.set(~digits, None).cast(pl.UInt64, strict=False)
    if digits.all():
        return found.alias(name)
    rest = numbers(texts.set(digits, None))
    fits = ((rest >= 0) & (rest < 2.0**64) & (rest.floor() == rest)).fill_null(value=False)
    return pl.select(pl.coalesce(found, rest.set(~fits, None).cast(pl.UInt64))).to_series().alias(name)


def leading_numbers(texts: pl.Series) -> pl.Series:
    """``parseFloat(text)`` of a column, Float64: ``12abc`` is 12; null where it is NaN."""
    return texts.alias("").str.extract(_LEADING_NUMBER).str.replace("Infinity", "inf", literal=True).cast(pl.Float64, strict=False).alias(texts.name)


def leading_whole_numbers(texts: pl.Series) -> pl.Series:
    """``parseInt(text)`` of a column, Float64: ``220.7`` is 220, ``1e3`` is 1; null where it is NaN."""
    parts = pl.DataFrame({"text": texts.alias("")}).select(pl.col("text").str.extract_groups(_LEADING_WHOLE).alias("parts")).unnest("parts")
    sign, hexadecimal, decimal = (parts[name] for name in parts.columns)
    sixteen = hexadecimal.str.to_integer(base=16, strict=False, dtype=pl.Int64).cast(pl.Float64)
    size = pl.select(pl.coalesce(sixteen, decimal.cast(pl.Float64, strict=False))).to_series()
    return pl.select(pl.when(sign == "-").then(-size).otherwise(size)).to_series().alias(texts.name)
