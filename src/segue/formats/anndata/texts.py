"""Texts as HDF5 holds them: without NUL; and names of columns, which are names of groups there."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from segue.model.objects import unique_texts

_NUL, _MARK = "\0", "\x1a"


def needs_escape(texts: pl.Series) -> bool:
    return bool((texts.str.contains(_NUL, literal=True) | texts.str.contains(_MARK, literal=True)).any())


def escaped(texts: pl.Series) -> pl.Series:
    """NUL, and the sign that stands for it, as that sign and a digit."""
    return texts.str.replace_all(_MARK, _MARK + "1", literal=True).str.replace_all(_NUL, _MARK + "0", literal=True)


def unescaped(texts: pl.Series) -> pl.Series:
    """What `escaped` was made of."""
    return texts.str.replace_all(_MARK + "0", _NUL, literal=True).str.replace_all(_MARK + "1", _MARK, literal=True)


def titles(names: Sequence[str], otherwise: str) -> list[str]:
    """Names in one line, never empty, each once."""
    shown = [" ".join("".join(sign if sign.isprintable() else " " for sign in name).split()) for name in names]
    return unique_texts(pl.Series([name or f"{otherwise} {number}" for number, name in enumerate(shown, 1)], dtype=pl.Utf8)).to_list()


def keys(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """The same as names of columns: without ``/``, and none that is taken."""
    wanted = [name.replace("/", "_").strip(".") or "column" for name in titles(names, "column")]
    return unique_texts(pl.Series([*taken, *wanted], dtype=pl.Utf8)).to_list()[len(taken) :]
