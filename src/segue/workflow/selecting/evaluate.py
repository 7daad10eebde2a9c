"""Running rules: from the definition of populations to the rows of their objects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.model.populations import Membership, Population
from segue.model.rings import Ints
from segue.model.rules import GateRule, ListRule, RegionRule, SetsRule
from segue.model.study import ImageSet
from segue.workflow.selecting.columns import Columns
from segue.workflow.selecting.gates import in_gate
from segue.workflow.selecting.order import ordered
from segue.workflow.selecting.places import Listed, listed
from segue.workflow.selecting.regions import has_regions, in_regions

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


def runs_here(s: ImageSet, population: Population) -> bool:
    """Whether the rule of a population selects anything in an image set: a list does not, nor do regions that lie in other image sets."""
    rule = population.rule
    return not isinstance(rule, ListRule) and (not isinstance(rule, RegionRule) or has_regions(s, rule))


def evaluate(found: Listed, populations: Sequence[Population], wanted: Collection[str]) -> dict[str, Ints]:
    """The objects that rules select in an image set.

    Parameters
    ----------
    found
        The image set, and where its objects are (``places.listed``).
    populations
        All of the study. Those that are not wanted, and lists, have the members that they have.
    wanted
        Ids of those whose rules are to be run.

    Returns
    -------
    Population -> rows of objects, ascending; only those whose rule runs here (``runs_here``).

    Raises
    ------
    UsageError
        A rule names a population or a column that is not there, or leads back to itself.
    """
    chosen = [one for one in ordered(populations, wanted) if runs_here(found.s, one)]
    rows = in_regions(found, {one.id: one.rule for one in chosen if isinstance(one.rule, RegionRule)})
    columns = Columns(found.s)
    for one in chosen:
        if isinstance(one.rule, GateRule):
            parent = None if one.rule.parent is None else _members(found.s, one.rule.parent, rows)
            rows[one.id] = in_gate(columns, one.rule, parent)
        elif isinstance(one.rule, SetsRule):
            rows[one.id] = in_sets(one.rule, [_members(found.s, name, rows) for name in one.rule.populations])
    return {one.id: rows[one.id] for one in chosen}


def in_sets(rule: SetsRule, many: Sequence[Ints]) -> Ints:
    """Rows of the union, the intersection, or the first without all others; ascending."""
    found = np.unique(many[0]) if many else np.zeros(0, np.int64)
    for other in many[1:]:
        if rule.op == "union":
            found = np.union1d(found, other)
        elif rule.op == "intersection":
            found = np.intersect1d(found, other)
        else:
            found = np.setdiff1d(found, other)
    return found.astype(np.int64)


def _members(s: ImageSet, population: str, rows: dict[str, Ints]) -> Ints:
    if population in rows:
        return rows[population]
    return stored(s, population)


def stored(s: ImageSet, population: str) -> Ints:
    """Rows of the objects that a population has, ascending."""
    found: Ints = np.sort(s.membership.frame.filter(pl.col("population") == pl.lit(population))["object"].to_numpy().astype(np.int64))
    return found


def select_rows(s: ImageSet, populations: Sequence[Population], wanted: Collection[str], workers: Workers | None = None) -> tuple[ImageSet, dict[str, Ints]]:
    """As ``evaluate``, of an image set as it is: (the image set in which every segment is an object, population -> rows).

    Raises
    ------
    SegueError
    """
    found = listed(s, workers)
    return found.s, evaluate(found, populations, wanted)


def with_members(s: ImageSet, found: dict[str, Ints], fingerprints: dict[str, str]) -> ImageSet:
    """The image set in which some populations have these members, and no others.

    Parameters
    ----------
    s
        The image set.
    found
        Population -> rows of objects, in the order of the members.
    fingerprints
        Layer -> fingerprint of its label image: what the members were selected on.
    """
    old = s.membership.frame
    names = pl.Series(list(found), dtype=pl.Utf8)
    kept = old.filter(~pl.col("population").is_in(names.implode()))
    frames = [pl.DataFrame({"object": rows.astype(np.int32)}).select(population=pl.lit(name, pl.Utf8), object="object") for name, rows in found.items()]
    new = pl.concat([old.select("population", "object").clear(), *frames])
    new = new.with_columns(nth_in_population=pl.int_range(pl.len(), dtype=pl.Int32).over("population"))
    places = old.select("population", "object", "nth_of_object")
    new = new.join(places, on=["population", "object"], how="left", maintain_order="left")
    taken = old.group_by("object").agg(last=pl.col("nth_of_object").max() + 1)
    new = new.join(taken, on="object", how="left", maintain_order="left")
    fresh = pl.col("nth_of_object").is_null()
    behind = pl.col("last").fill_null(0) + fresh.cast(pl.Int32).cum_sum().over("object") - 1
    prints = pl.DataFrame({"layer": list(fingerprints), "labels": list(fingerprints.values())}, schema={"layer": pl.Utf8, "labels": pl.Utf8})
    layers = s.objects.frame.select("layer").join(prints, on="layer", how="left", maintain_order="left")["labels"]
    new = new.with_columns(nth_of_object=pl.when(fresh).then(behind).otherwise("nth_of_object").cast(pl.Int32), labels=layers.gather(new["object"]))
    return replace(s, membership=Membership(pl.concat([kept, new.select(old.columns).cast(dict(old.schema))])))  # type: ignore[arg-type]
