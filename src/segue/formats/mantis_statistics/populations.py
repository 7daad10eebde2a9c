"""The names of populations in one cell, with a comma between them: Mantis Viewer does not quote names that hold one."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import polars as pl

from segue.formats.mantis_statistics.sheet import JOINT
from segue.model.populations import Membership, Population


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
    """The populations that the cells of all objects name, in an order that all cells keep to; of those that no cell tells, as they first occur."""
    objects = pl.DataFrame({"object": pl.int_range(cells.len(), dtype=pl.Int32, eager=True), "name": cells}).drop_nulls("name")
    parts = _parts(objects).with_columns(pl.col("name").str.strip_chars()).filter(pl.col("name") != "")
    parts = parts.unique(["object", "name"], keep="first", maintain_order=True)
    names, agreed = _listed(parts)
    pairs = _sorted(parts, names)
    if not agreed:
        names, _ = _listed(pairs)
        pairs = _sorted(pairs, names)
    return tuple(Population(name, (name,)) for name in names), Membership.of(pairs.select(population="name", object="object"))


def _sorted(parts: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    places = pl.DataFrame({"name": names, "place": range(len(names))}, schema={"name": pl.Utf8, "place": pl.Int32})
    return parts.select("object", "name").join(places, on="name", how="inner").sort("object", "place").drop("place")


def _listed(parts: pl.DataFrame) -> tuple[list[str], bool]:
    """The names in the order of the list that the cells were made from; whether there is one that all cells keep to."""
    names = parts["name"].unique(maintain_order=True).to_list()
    places = {name: place for place, name in enumerate(names)}
    follows = parts.select(first=pl.col("name").shift(1), then="name", same=pl.col("object") == pl.col("object").shift(1)).filter("same").unique()
    after: dict[str, list[str]] = {}
    waiting = dict.fromkeys(names, 0)
    for first, then in follows.select("first", "then").iter_rows():
        after.setdefault(first, []).append(then)
        waiting[then] += 1
    ready = [places[name] for name in names if not waiting[name]]
    found: list[str] = []
    while ready:
        name = names[heappop(ready)]
        found.append(name)
        for then in after.get(name, ()):
            waiting[then] -= 1
            if not waiting[then]:
                heappush(ready, places[then])
    left = set(names) - set(found)
    return found + [name for name in names if name in left], not left


def _parts(objects: pl.DataFrame) -> pl.DataFrame:
    """(object, name) of each name in a cell; a comma that a blank follows is taken for a part of a name: ``a, quoted "pop"``."""
    parts = objects.with_columns(pl.col("name").str.split(JOINT)).explode("name")
    goes_on = parts["name"].str.contains(r"^\s") & (parts["object"] == parts["object"].shift(1)).fill_null(value=False)
    if not goes_on.any():
        return parts
    whole = parts.with_columns(nth=(~goes_on).cum_sum()).group_by("object", "nth", maintain_order=True)
    return whole.agg(pl.col("name").str.join(JOINT)).drop("nth")
