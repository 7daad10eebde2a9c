"""The names of populations in one cell: with ``;`` between them, quoted where they hold one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import polars as pl

from segue.model.populations import Membership, Population
from segue.model.rules import ListRule

JOINT = ";"
BLANKS = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What ``str.strip`` takes away."""


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
        quoted = frame["population"].str.contains('"', literal=True)
        plain = frame.with_columns(pl.col("population").str.split(JOINT)).explode("population").with_columns(pl.col("population").str.strip_chars(BLANKS))
        frame = plain if not quoted.any() else _with_quoted(frame, quoted)
    return frame.unique(["population", "object"], keep="first", maintain_order=True)


def _with_quoted(frame: pl.DataFrame, quoted: pl.Series) -> pl.DataFrame:
    """Cells in which names are quoted are read one by one, each text once."""
    split = {cell: _split(cell) for cell in frame["population"].filter(quoted).unique()}
    names = frame["population"].str.split(JOINT).list.eval(pl.element().str.strip_chars(BLANKS))
    found = frame["population"].filter(quoted).replace_strict(split, return_dtype=pl.List(pl.Utf8))
    order = pl.concat([pl.Series(range(frame.height), dtype=pl.Int64).filter(~quoted), pl.Series(range(frame.height), dtype=pl.Int64).filter(quoted)])
    lists = pl.concat([names.filter(~quoted), found]).gather(order.arg_sort())
    return frame.with_columns(lists.alias("population")).explode("population")


def _split(cell: str) -> list[str]:
    if '"' not in cell:
        return [name.strip() for name in cell.split(JOINT)]
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), delimiter=JOINT, skipinitialspace=True, strict=True))
    except csv.Error:
        return [cell]
    return rows[0] if len(rows) == 1 else [cell]
