"""Gates as ranges of features that all have to hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.formats.mantis_files.names import plain
from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.rules import GateRule, Range

Gate = tuple[str, tuple[Range, ...]]
"""Its name and its terms, each about another feature."""


def populations_of(gates: Iterable[Gate]) -> tuple[Population, ...]:
    """One population of the kind gate for each; known by its name."""
    return tuple(Population(name, (name,), "gate", rule=GateRule(terms)) for name, terms in gates)


def gates_of(populations: Sequence[Population]) -> list[Gate]:
    """The populations that can be written, with names that are not empty, have no blanks around them, and do not occur twice."""
    known = {one.id: one for one in populations}
    found = [(one, terms) for one in populations if (terms := _terms(one, known)) is not None]
    names = [trim(": ".join(one.name)) or plain(nth + 1) for nth, (one, _) in enumerate(found)]
    free = unique_texts(pl.Series(names, dtype=pl.Utf8)).to_list()
    return [(name, terms) for name, (_, terms) in zip(free, found, strict=True)]


def _terms(population: Population, known: Mapping[str, Population]) -> tuple[Range, ...] | None:
    """All ranges that have to hold, also of the parents; None = it is no such gate."""
    found: list[Range] = []
    one: Population | None = population
    seen: set[str] = set()
    while one is not None:
        if one.id in seen or not isinstance(one.rule, GateRule):
            return None
        ranges = [term for term in one.rule.terms if isinstance(term, Range)]
        if len(ranges) < len(one.rule.terms):
            return None
        seen.add(one.id)
        found = ranges + found
        parent = one.rule.parent
        if parent is not None and parent not in known:
            return None
        one = None if parent is None else known[parent]
    return shared(found)


def shared(ranges: Sequence[Range]) -> tuple[Range, ...] | None:
    """One range for each feature: what several of them have in common. None = nothing is left to write, or a feature has no name."""
    ends: dict[str, tuple[float, float]] = {}
    for one in ranges:
        low, high = -math.inf if one.low is None else one.low, math.inf if one.high is None else one.high
        name = trim(one.column)
        if not name or math.isnan(low) or math.isnan(high):
            return None
        before = ends.get(name, (-math.inf, math.inf))
        ends[name] = (max(before[0], low), min(before[1], high))
    return tuple(ranged(name, low, high) for name, (low, high) in ends.items()) or None


def ranged(name: str, low: float, high: float) -> Range:
    """A range; an infinite end is open."""
    return Range(name, None if low == -math.inf else low + 0.0, None if high == math.inf else high + 0.0)
