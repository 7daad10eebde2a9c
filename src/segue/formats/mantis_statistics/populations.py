"""The names of populations in one cell, with a comma between them: Mantis Viewer does not quote names that hold one."""

from __future__ import annotations

from collections.abc import Sequence

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
    """The populations that the cells of all objects name, in the order in which they first occur."""
    objects = pl.DataFrame({"object": pl.int_range(cells.len(), dtype=pl.Int32, eager=True), "name": cells}).drop_nulls("name")
    parts = _parts(objects).with_columns(pl.col("name").str.strip_chars()).filter(pl.col("name") != "")
    names = parts["name"].unique(maintain_order=True)
    places = pl.DataFrame({"name": names, "place": pl.int_range(names.len(), dtype=pl.Int32, eager=True)})
    pairs = parts.join(places, on="name", how="inner").unique(["object", "place"]).sort("object", "place")
    return tuple(Population(name, (name,)) for name in names), Membership.of(pairs.select(population="name", object="object"))


def _parts(objects: pl.DataFrame) -> pl.DataFrame:
    """(object, name) of each name in a cell; a comma that a blank follows is taken for a part of a name: ``a, quoted "pop"``."""
    parts = objects.with_columns(pl.col("name").str.split(JOINT)).explode("name")
    goes_on = parts["name"].str.contains(r"^\s") & (parts["object"] == parts["object"].shift(1)).fill_null(value=False)
    if not goes_on.any():
        return parts
    whole = parts.with_columns(nth=(~goes_on).cum_sum()).group_by("object", "nth", maintain_order=True)
    return whole.agg(pl.col("name").str.join(JOINT)).drop("nth")
