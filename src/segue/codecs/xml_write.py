"""XML texts, written so that every parser reads the same text again.

XML 1.0 has no place for control characters (but tab and line ends), for half surrogate pairs, and for U+FFFE and U+FFFF: what `holdable` leaves out.
"""

from __future__ import annotations

import re

import polars as pl

_HOLDABLE = r"\t\n\r\x20-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ATTRIBUTE = _TEXT | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT, _IN_ATTRIBUTE = str.maketrans(_TEXT), str.maketrans(_ATTRIBUTE)

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def holdable(text: str) -> str:
    """The text without the characters that XML has no place for."""
    return _FORBIDDEN.sub("", text)


def escaped(text: str) -> str:
    """A text between two tags. Reading it gives the same text, if it is `holdable`."""
    return text.translate(_IN_TEXT)


def quoted(text: str) -> str:
    """A text as the value of an attribute, with its quotes; line ends and tabs survive."""
    return f'"{text.translate(_IN_ATTRIBUTE)}"'


def holdable_texts(texts: pl.Expr) -> pl.Expr:
    """`holdable` of a column."""
    return texts.str.replace_all(f"[^{_HOLDABLE}]", "")


def escaped_texts(texts: pl.Expr) -> pl.Expr:
    """`escaped` of a column."""
    return texts.str.replace_many(list(_TEXT), list(_TEXT.values()))


def quoted_texts(texts: pl.Expr) -> pl.Expr:
    """`quoted` of a column; null stays null."""
    return pl.concat_str(pl.lit('"'), texts.str.replace_many(list(_ATTRIBUTE), list(_ATTRIBUTE.values())), pl.lit('"'))
