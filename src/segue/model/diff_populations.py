"""Comparing populations and memberships."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.model.equal import equal
from segue.model.features import Feature as F
from segue.model.populations import Membership, Population, codes
from segue.model.rules import ListRule

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
_ROW = 2**32 - 1


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
    """Count memberships that are missing, added, in another order, or made on other labels.

    Memory: about 100 bytes per membership, beside the two.
    """
    if a.frame.is_empty() and b.frame.is_empty():
        return
    left, right = _numbered(a, b, pairs, partners)
    rows, others = _common(left, right)
    found[F.MEMBERSHIP] += len(left) + len(right) - 2 * len(rows)
    differs = _other_labels(a.frame["labels"], b.frame["labels"], rows, others)
    for owner, place in ((right >> 32, "nth_in_population"), (right & _ROW, "nth_of_object")):
        differs |= _other_order(owner[others], a.frame[place].to_numpy()[rows], b.frame[place].to_numpy()[others])
    found[F.MEMBERSHIP] += int(differs.sum())


def _numbered(a: Membership, b: Membership, pairs: pl.DataFrame, partners: dict[str, str]) -> tuple[Ints, Ints]:
    """A number for each membership of ``a`` and of ``b``: number of the population * 2**32 + row of the object in ``b``; -1 = not in ``b``."""
    known = b.frame["population"].unique().to_list()
    places = {name: nth for nth, name in enumerate(known)}
    own = a.frame["population"].unique().to_list()
    target = np.full(max(_largest(pairs["a"]), _largest(a.frame["object"])) + 1, -1, np.int64)
    target[pairs["a"].to_numpy()] = pairs["b"].to_numpy()
    to = np.array([places.get(partners.get(name, name), -1) for name in own], np.int64)
    code, row = to[codes(a.frame["population"], own).to_numpy()], target[a.frame["object"].to_numpy()]
    left = np.where((code < 0) | (row < 0), -1, (code << 32) | row)
    return left, (codes(b.frame["population"], known).to_numpy().astype(np.int64) << 32) | b.frame["object"].to_numpy().astype(np.int64)


def _largest(rows: pl.Series) -> int:
    return int(rows.max()) if len(rows) else -1  # type: ignore[arg-type]


def _common(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The rows of numbers that both have, of which each has every one (but -1) once."""
    if np.array_equal(left, right):
        every = np.arange(len(left))
        return every, every
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    at = np.searchsorted(ordered, left)
    at[at == len(ordered)] = 0
    rows = np.flatnonzero(ordered[at] == left) if len(ordered) else np.empty(0, np.int64)
    return rows, order[at[rows]]


def _other_labels(a: pl.Series, b: pl.Series, rows: Ints, others: Ints) -> Bools:
    """Which were made on other labels."""
    one, other = a.unique(), b.unique()
    if len(one) == len(other) == 1 and one.equals(other, null_equal=True):
        return np.zeros(len(rows), np.bool_)
    found: Bools = a.gather(rows).ne_missing(b.gather(others)).to_numpy()
    return found


def _other_order(owner: Ints, a: Rows, b: Rows) -> Bools:
    """Which stand at another place among those of their owner; places may have gaps, and need not count from the same number."""
    if np.array_equal(a, b):
        return np.zeros(len(a), np.bool_)
    differs: Bools = _ranks(owner, a) != _ranks(owner, b)
    return differs


def _ranks(owner: Ints, place: Rows) -> Ints:
    """Place of each in the order of owners and places: equal owners have equally many, so that these ranks compare as those within an owner do."""
    order = np.lexsort((place, owner))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
