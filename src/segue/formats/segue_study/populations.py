"""populations.json: the definitions of the populations with their rules."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import msgspec

from segue.errors import Malformed
from segue.formats.segue_study.plain import as_record, from_text, to_text
from segue.model.populations import Population
from segue.model.rules import GateRule, ListRule, PolygonTerm, Range, RegionRule, Rule, SetsRule

RULES: dict[str, type[Rule]] = {"list": ListRule, "regions": RegionRule, "gate": GateRule, "sets": SetsRule}
TERMS: dict[str, type[Range | PolygonTerm]] = {"range": Range, "polygon": PolygonTerm}
_KIND = "kind"


class _Definition(msgspec.Struct, frozen=True):
    id: str
    name: tuple[str, ...]
    kind: str
    colour: int | None
    visible: bool
    order: int | None
    number: int | None
    exclusive: bool
    rule: dict[str, Any]


def encode(populations: tuple[Population, ...]) -> bytes:
    """The text of the file."""
    return to_text({"populations": [{**_record(replace(one, rule=ListRule())), "rule": _rule(one.rule)} for one in populations]})


def decode(data: bytes, where: str) -> tuple[Population, ...]:
    """The populations.

    Raises
    ------
    Malformed
    """
    return from_plain(as_record(from_text(data, where), dict[str, list[Any]], where).get("populations", []), where)


def from_plain(plain: list[Any], where: str) -> tuple[Population, ...]:
    """The populations, from what stands under ``populations``.

    Raises
    ------
    Malformed
    """
    found = as_record(plain, list[_Definition], where)
    return tuple(Population(**{**msgspec.structs.asdict(one), "rule": _rule_of(one.rule, where)}) for one in found)


def _record(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _tagged(value: Any, kinds: dict[str, Any]) -> dict[str, Any]:
    return {_KIND: next(kind for kind, cls in kinds.items() if type(value) is cls), **_record(value)}


def _rule(rule: Rule) -> dict[str, Any]:
    plain = _tagged(rule, RULES)
    if isinstance(rule, GateRule):
        plain["terms"] = [_tagged(term, TERMS) for term in rule.terms]
    return plain


def _rule_of(plain: dict[str, Any], where: str) -> Rule:
    values = dict(plain)
    kind = _class(values, RULES, where)
    if kind is not GateRule:
        rule: Rule = as_record(values, kind, where)
        return rule
    terms = as_record(values.get("terms"), list[dict[str, Any]], where)
    return GateRule(tuple(as_record(term, _class(term, TERMS, where), where) for term in terms), as_record(values.get("parent"), str | None, where))


def _class(values: dict[str, Any], kinds: dict[str, Any], where: str) -> Any:
    kind = values.pop(_KIND, None)
    if not isinstance(kind, str) or kind not in kinds:
        raise Malformed(f"{where} has a rule of the kind {kind!r}; known are {', '.join(kinds)}", path=where, expected=", ".join(kinds))
    return kinds[kind]
