"""The names of populations in one cell: with ``;`` between them, quoted where they hold one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import polars as pl

from segue.model.populations import Membership, Population
from segue.model.rules import ListRule

JOINT = ";"


def fitted(populations: tuple[Population, ...]) -> dict[str, Population]:
    """Id -> the population as a table can hold it: a name, by which it is known."""
    return {one.id: replace(made(": ".join(one.name)), rule=ListRule()) for one in populations}


def made(name: str) -> Population:
    """The population that a name in a cell stands for."""
    return Population(name, (name,))


def cells(membership: Membership, names: dict[str, str], height: int) -> pl.Series:
    """Per object one cell; null where it is in no population.

    Parameters
    ----------
    membership
        Rows of objects.
    names
        Id of a population -> its name.
    height
        Number of objects.
    """
    frame = membership.frame.sort("object", "nth_of_object").select("object", name=pl.col("population").replace_strict(names, return_dtype=pl.Utf8))
    quoted = {name: _quoted(name) for name in frame["name"].unique()}
    frame = frame.with_columns(pl.col("name").replace_strict(quoted, return_dtype=pl.Utf8) if quoted else pl.col("name"))
    joined = frame.group_by("object", maintain_order=True).agg(pl.col("name").str.join(JOINT))
    rows = pl.DataFrame({"object": pl.int_range(height, dtype=pl.Int32, eager=True)})
    return rows.join(joined, on="object", how="left", maintain_order="left")["name"]


def _quoted(name: str) -> str:
    special = not name or name != name.strip() or any(mark in name for mark in (JOINT, '"', "\n", "\r"))
    return '"' + name.replace('"', '""') + '"' if special else name


def pairs(column: pl.Series, *, several: bool) -> pl.DataFrame:
    """(population, object) of every name in a column of cells.

    Parameters
    ----------
    column
        Texts; null = in no population.
    several
        Whether a cell may hold several names.
    """
    frame = pl.DataFrame({"population": column.alias(""), "object": pl.int_range(column.len(), dtype=pl.Int32, eager=True)}).drop_nulls("population")
    if several and frame["population"].str.contains('[;"]|^$').any():
        split = {cell: _split(cell) for cell in frame["population"].unique()}
        frame = frame.with_columns(pl.col("population").replace_strict(split, return_dtype=pl.List(pl.Utf8))).explode("population")
    return frame.unique(["population", "object"], keep="first", maintain_order=True)


def _split(cell: str) -> list[str]:
    if '"' not in cell:
        return [name.strip() for name in cell.split(JOINT)]
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), delimiter=JOINT, skipinitialspace=True, strict=True))
    except csv.Error:
        return [cell]
    return rows[0] if len(rows) == 1 else [cell]
