"""Rules of populations as JSON values, for formats that have a place for them: the same words in every file of segue."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import msgspec

from segue.model.rules import GateRule, ListRule, PolygonTerm, Range, RegionRule, Rule, SetsRule

_RULES: dict[str, type[Rule]] = {"list": ListRule, "regions": RegionRule, "gate": GateRule, "sets": SetsRule}
_TERMS: dict[str, type[Range | PolygonTerm]] = {"range": Range, "polygon": PolygonTerm}


def rule_facts(rule: Rule) -> dict[str, Any]:
    """A rule as JSON values; numbers that JSON has no words for become texts."""
    found = {"kind": _name(rule, _RULES), **_plain(asdict(rule))}
    if isinstance(rule, GateRule):
        found["terms"] = [{"kind": _name(term, _TERMS), **_plain(asdict(term))} for term in rule.terms]
    return found


def read_rule(value: Any) -> Rule:
    """The rule that a description is about.

    Raises
    ------
    ValueError
        It is none.
    """
    kind, facts = _told(value, _RULES, "rule")
    if kind is GateRule:
        facts["terms"] = tuple(_term(one) for one in facts.get("terms") or ())
        return GateRule(facts["terms"], msgspec.convert(facts.get("parent"), str | None))
    rule: Rule = msgspec.convert(facts, kind)
    return rule


def _name(value: Any, kinds: dict[str, Any]) -> str:
    return next(name for name, kind in kinds.items() if type(value) is kind)


def _told(value: Any, kinds: dict[str, Any], what: str) -> tuple[Any, dict[str, Any]]:
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"a {what} of the kind {kind!r}")
    return kinds[kind], {key: one for key, one in value.items() if key != "kind"}


def _term(value: Any) -> Range | PolygonTerm:
    kind, facts = _told(value, _TERMS, "term")
    term: Range | PolygonTerm = msgspec.convert({key: _number(one) if key in _NUMBERS else one for key, one in facts.items()}, kind)
    return term


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


_NUMBERS = ("low", "high", "cofactor", "vertices")


def _number(value: Any) -> Any:
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    return [_number(one) for one in value] if isinstance(value, list) else value
