"""Cells as lines of text: texts quoted where they have to be, numbers as Python's ``str`` writes them, whole ones without a point."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import polars as pl

from segue.codecs.python_numbers import is_odd, python_numbers

_PART = 1 << 18
"""Bytes that are searched at a time."""
_FEW = 64
"""One whole number in so many bytes is few."""
_GLANCE = 20
"""Rows that tell whether it is worth looking whether all numbers of a column are whole."""
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def quoted(texts: pl.Series, separator: str, *, always: bool) -> pl.Series:
    """Texts as they stand in a file of RFC 4180.

    Parameters
    ----------
    texts
        None missing.
    separator
        One character.
    always
        Whether all are quoted; else those that hold a separator, a quotation mark or the end of a line.
    """
    together = _joined(texts)
    marks = '"' in together
    inside = pl.concat_str(pl.lit('"'), texts.str.replace_all('"', '""', literal=True) if marks else texts, pl.lit('"'))
    if always:
        return pl.select(inside).to_series()
    if not (marks or separator in together or "\r" in together or together.count("\n") >= max(len(texts), 1)):
        return texts
    needed = texts.str.contains(f'[{separator}"\r\n]')
    return pl.select(pl.when(needed).then(inside).otherwise(texts)).to_series()


def lines(cells: Sequence[pl.Series], separator: str, missing: str, *, quote: bool = False) -> bytes:
    """The lines of a table, each with a line feed at its end.

    Nearly all numbers are written by polars, which writes ``.0`` behind whole ones: that is taken away from the text, unless a text could be
    mistaken for a number.

    Parameters
    ----------
    cells
        One column or more: texts, without null and with all the quotation marks that they need, and numbers.
    separator
        One character.
    missing
        What stands for a number that is missing.
    quote
        Whether all texts are quoted here, and not before.
    """
    frame = pl.DataFrame([column.alias(str(nth)) for nth, column in enumerate(cells)])
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.Utf8]
    mistaken = any(_ends_whole(frame[name], separator, '"' if quote else "\n") for name in texts)
    frame = _prepared(frame, floats, missing, mistaken=mistaken)
    if quote and frame.schema.dtypes().count(pl.Utf8()) > len(texts):
        frame, quote = frame.with_columns(quoted(frame[name], separator, always=True).alias(name) for name in texts), False
    file = io.BytesIO()
    frame.write_csv(file, include_header=False, separator=separator, null_value=missing, quote_style="non_numeric" if quote else "never")
    return file.getvalue() if mistaken or not floats else _without_points(file.getbuffer(), separator)


def _joined(texts: pl.Series, behind: str = "\n") -> str:
    """All texts, each with a line feed behind it: looked through much faster than one by one."""
    return str(texts.str.join(behind).item()) + behind


def _ends_whole(texts: pl.Series, separator: str, behind: str) -> bool:
    """Whether what looks like the end of a whole number stands in a text, behind which this will stand."""
    together = _joined(texts, behind)
    return "." in together and (".0\n" in together or ".0" + separator in together)


def _prepared(frame: pl.DataFrame, floats: Sequence[str], missing: str, *, mistaken: bool) -> pl.DataFrame:
    """Columns of numbers that polars writes as Python does, but for the point of whole ones; texts where there are others."""
    told = frame.select(one for name in floats for one in _asked(pl.col(name), name)).row(0) if floats else ()
    changed: list[pl.Expr | pl.Series] = []
    for name, least, total in zip(floats, told[::2], told[1::2], strict=True):
        value, values = pl.col(name), frame[name]
        usual = least is None or (least >= 1e-4 and total < 1e15)
        if mistaken or (not usual and frame.select(is_odd(value).any()).item()):
            changed.append(python_numbers(values).fill_null(missing))
        elif bool((values.head(_GLANCE) == values.head(_GLANCE).round()).all()) and bool((values == values.round()).all()):
            changed.append(value.cast(pl.Int64))
        elif not usual and (values == 0).any():
            changed.append(pl.when(value != 0).then(value).when(value == 0).then(0.0).alias(name))  # -0 becomes 0
    return frame.with_columns(changed)


def _asked(value: pl.Expr, name: str) -> tuple[pl.Expr, pl.Expr]:
    """What tells of most columns that nothing about them is unusual: the least size, and the sum of all (which NaN and infinities enter)."""
    return value.abs().min().alias(name), value.abs().sum().alias(f"{name} sum")


def _without_points(text: memoryview, separator: str) -> bytes:
    """The text without the ``.0`` at the ends of cells."""
    at = np.concatenate([_points(text[first : first + _PART + 2], separator) + first for first in range(0, len(text), _PART)] or [np.empty(0, np.int64)])
    if len(at) * _FEW > len(text):
        kept = np.ones(len(text), np.bool_)
        kept[at] = kept[at + 1] = False
        return np.frombuffer(text, np.uint8)[kept].tobytes()
    ends = at.tolist()
    return b"".join(text[begin:end] for begin, end in zip([0, *(end + 2 for end in ends)], [*ends, len(text)], strict=True))


def _points(text: memoryview, separator: str) -> Ints:
    """Where ``.0`` stands before a separator or a line feed."""
    b = np.frombuffer(text, np.uint8)
    found = (b[:-2] == ord(".")) & (b[1:-1] == ord("0"))
    found &= (b[2:] == ord(separator)) | (b[2:] == ord("\n"))
    return np.flatnonzero(found)
