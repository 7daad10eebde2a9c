"""Ids of documents: those of the study wherever they can be used, else 24 hexadecimal digits made of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import polars as pl

from segue.codecs.uuid5 import uuid5
from segue.formats.nimbus_files.terms import NAMESPACE

_MOST = 1000


def made(kind: str, texts: pl.Series) -> pl.Series:
    """24 hexadecimal digits for each text; ``kind`` keeps annotations, connections and properties apart."""
    return uuid5(uuid.uuid5(NAMESPACE, kind), texts).str.replace_all("-", "", literal=True).str.slice(0, 24)


def one_made(kind: str, text: str, taken: Collection[str]) -> str:
    """24 hexadecimal digits that are not taken."""
    name = text
    for nth in range(_MOST):
        found = str(made(kind, pl.Series([name], dtype=pl.Utf8))[0])
        if found not in taken:
            return found
        name = f"{text}\n{nth}"
    raise ValueError("no id is free")


def usable(ids: pl.Series, sets: pl.Series) -> pl.Series:
    """Which ids can stand in a file that holds several image sets: not empty, and the first of their text.

    Parameters
    ----------
    ids
        Of the objects (or connections) of all image sets, one behind the other.
    sets
        The image set of each.
    """
    return (ids != "") & (ids.is_first_distinct() if ids.n_unique() < len(ids) else True)


def native(kind: str, ids: pl.Series, sets: pl.Series) -> pl.Series:
    """The id that each has in the file: its own, or one that is made of the image set and its own."""
    free = usable(ids, sets)
    if free.all():
        return ids
    texts = pl.select(pl.concat_str(sets.cast(pl.Utf8), pl.lit("\n"), ids)).to_series()
    others = made(kind, texts.filter(~free))
    found = ids.clone()
    return found.scatter((~free).arg_true(), others)
