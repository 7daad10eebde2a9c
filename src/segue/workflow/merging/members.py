"""Memberships that come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.workflow.merging.rows import Rows


@dataclass(frozen=True)
class Members:
    """Memberships to append, as a draft takes them; and what there is to say."""

    new: pl.DataFrame
    """population, object (id), nth_in_population, nth_of_object, labels."""
    classes: int = 0
    """How many objects of the study kept their class, although another came."""


def members(target: ImageSet, s: ImageSet, rows: Rows, populations: Sequence[Population]) -> Members:
    """Memberships that the study does not have yet, behind those that it has.

    Parameters
    ----------
    target, s
        The image set of the study, and what is imported.
    rows
        Which object is which.
    populations
        All of the study, with those that come.
    """
    known = target.membership.frame.with_columns(object=target.objects.frame["id"].gather(target.membership.frame["object"]))
    coming = s.membership.frame.with_columns(object=rows.ids.gather(s.membership.frame["object"])).unique(["population", "object"], maintain_order=True)
    fresh = coming.join(known, on=["population", "object"], how="anti", maintain_order="left")
    taken = _with_class(known, populations)
    classes = fresh.with_columns(kind=_kinds(fresh["population"], populations)).join(taken, on=["object", "kind"], how="semi")
    fresh = fresh.join(classes.select("population", "object"), on=["population", "object"], how="anti", maintain_order="left")
    return Members(_behind(_behind(fresh, known, "nth_in_population", "population"), known, "nth_of_object", "object"), classes.height)


def _kinds(ids: pl.Series, populations: Sequence[Population]) -> pl.Series:
    """The kind of each exclusive population; null = it is not exclusive."""
    kinds = {one.id: one.kind for one in populations if one.exclusive}
    return ids.replace_strict(list(kinds), list(kinds.values()), default=None, return_dtype=pl.Utf8) if kinds else pl.Series([None] * ids.len(), dtype=pl.Utf8)


def _with_class(known: pl.DataFrame, populations: Sequence[Population]) -> pl.DataFrame:
    """object and kind, for every object that is in an exclusive population."""
    return known.select("object", kind=_kinds(known["population"], populations)).drop_nulls().unique()


def _behind(fresh: pl.DataFrame, known: pl.DataFrame, column: str, of: str) -> pl.DataFrame:
    """The new rows, counted on behind those that are known, in the order in which they came."""
    last = known.group_by(of).agg(_last=pl.col(column).max() + 1)
    place = pl.col(column).rank("ordinal").over(of) - 1
    return (
        fresh.join(last, on=of, how="left", maintain_order="left")
        .with_columns((place.cast(pl.Int32) + pl.col("_last").fill_null(0)).alias(column))
        .drop("_last")
    )
