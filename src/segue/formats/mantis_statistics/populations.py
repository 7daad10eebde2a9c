"""The names of populations in one cell, with a comma between them: Mantis Viewer does not quote names that hold one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from segue.formats.mantis_statistics.sheet import JOINT
from segue.model.populations import Membership, Population

_BETWEEN = re.compile(r",(?!\s)")
"""A comma that a blank follows is taken for a part of a name: ``a, quoted "pop"``."""


def cells(membership: Membership, populations: Sequence[Population], rows: pl.Series) -> pl.Series:
    """Per row the names of all populations that its object is in, in the order in which they are listed.

    Parameters
    ----------
    membership
        Of one image set.
    populations
        In the order of the list.
    rows
        The row of an object.
    """
    listed = pl.DataFrame(
        {"population": [one.id for one in populations], "name": [": ".join(one.name) for one in populations]},
        schema={"population": pl.Utf8, "name": pl.Utf8},
    ).with_row_index("place")
    pairs = membership.frame.select("population", "object").join(listed, on="population", how="inner").sort("object", "place")
    joined = pairs.group_by("object", maintain_order=True).agg(pl.col("name").str.join(JOINT))
    return pl.DataFrame({"object": rows.cast(pl.Int32)}).join(joined, on="object", how="left", maintain_order="left")["name"]


def named(cells: pl.Series) -> tuple[tuple[Population, ...], Membership]:
    """The populations that the cells of all objects name, in the order in which they first occur."""
    texts = cells.alias("cell")
    split = {cell: _split(cell) for cell in texts.drop_nulls().unique(maintain_order=True)}
    names = list(dict.fromkeys(name for cell in split.values() for name in cell))
    if not names:
        return (), Membership.empty()
    places = {name: place for place, name in enumerate(names)}
    distinct = pl.DataFrame({"cell": list(split), "place": [sorted(places[name] for name in cell) for cell in split.values()]})
    objects = pl.DataFrame({"object": pl.int_range(texts.len(), dtype=pl.Int32, eager=True), "cell": texts})
    pairs = objects.join(distinct, on="cell", how="inner", maintain_order="left").explode("place").drop_nulls("place")
    found = pairs.select(population=pl.Series(names, dtype=pl.Utf8).gather(pairs["place"]), object="object")
    return tuple(Population(name, (name,)) for name in names), Membership.of(found)


def _split(cell: str) -> list[str]:
    return list(dict.fromkeys(name for part in _BETWEEN.split(cell) if (name := part.strip())))
