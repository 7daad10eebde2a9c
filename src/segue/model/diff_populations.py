"""Comparing populations and memberships."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import polars as pl

from segue.model.equal import equal
from segue.model.features import Feature as F
from segue.model.populations import Membership, Population
from segue.model.rules import ListRule


def compare_populations(a: tuple[Population, ...], b: tuple[Population, ...], found: Counter[F]) -> dict[str, str]:
    """Count differences of the definitions; returns which id of ``a`` is which id of ``b``."""
    pairs = _match(a, b)
    found[F.POPULATIONS] += len(a) + len(b) - 2 * len(pairs)
    for one, other in pairs:
        found[F.POPULATIONS] += one.name != other.name
        found[F.POPULATION_COLOUR] += one.colour != other.colour
        found[F.RULES] += not equal(one.rule, other.rule)
        found[F.POPULATION_SETTINGS] += _settings(one) != _settings(other)
    return {one.id: other.id for one, other in pairs}


def _settings(population: Population) -> Population:
    return replace(population, name=(), colour=None, rule=ListRule())


def _match(a: tuple[Population, ...], b: tuple[Population, ...]) -> list[tuple[Population, Population]]:
    """By id, then by name and kind, then by name; each in order."""
    pairs: list[tuple[Population, Population]] = []
    left, right = a, b
    for key in (lambda p: p.id, lambda p: (p.name, p.kind), lambda p: p.name):
        waiting: dict[Any, list[Population]] = {}
        for other in reversed(right):
            waiting.setdefault(key(other), []).append(other)
        found = [(one, waiting[key(one)].pop()) for one in left if waiting.get(key(one))]
        pairs += found
        taken = {one.id for one, _ in found}, {other.id for _, other in found}
        left, right = (tuple(one for one in side if one.id not in ids) for side, ids in zip((left, right), taken, strict=True))
    return pairs


def compare_membership(a: Membership, b: Membership, pairs: pl.DataFrame, partners: dict[str, str], found: Counter[F]) -> None:
    """Count memberships that are missing, added, in another order, or made on other labels."""
    if a.frame.is_empty() and b.frame.is_empty():
        return
    renamed = pl.DataFrame({"population": list(partners), "to": list(partners.values())}, schema={"population": pl.Utf8, "to": pl.Utf8})
    left = a.frame.join(renamed, on="population", how="left").with_columns(pl.coalesce("to", "population").alias("population")).drop("to")
    left = left.join(pairs, left_on="object", right_on="a", how="left").with_columns(object="b").drop("b")
    both = left.join(b.frame, on=["population", "object"], how="inner")
    found[F.MEMBERSHIP] += left.height + b.frame.height - 2 * both.height
    places = [pl.col(name).rank("ordinal").over(group) for group in ("population", "object") for name in (_place(group), _place(group) + "_right")]
    ranks = both.select(*(place.alias(str(nth)) for nth, place in enumerate(places)), labels=pl.col("labels").ne_missing(pl.col("labels_right")))
    found[F.MEMBERSHIP] += ranks.filter(pl.col("0").ne_missing(pl.col("1")) | pl.col("2").ne_missing(pl.col("3")) | pl.col("labels")).height


def _place(group: str) -> str:
    return "nth_in_population" if group == "population" else "nth_of_object"
