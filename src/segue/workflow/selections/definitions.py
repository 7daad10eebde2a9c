"""New definitions of populations: their ids, names and colours, among those that a study has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from segue.errors import UsageError
from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import GateRule, ListRule, Rule, SetsRule
from segue.model.study import Study
from segue.workflow.edits.selection import LEVELS, population_of
from segue.workflow.selections.choice import Choice
from segue.workflow.selections.expression import text_of

JOINTS = {"union": " or ", "intersection": " and ", "difference": " without "}


@dataclass(frozen=True, eq=False)
class New:
    """A population that is to be made."""

    name: tuple[str, ...]
    rule: Rule
    colour: int | None = None
    kind: str = "population"
    visible: bool = True
    members: dict[int, Ints] = field(default_factory=dict)
    """Of a list: place of an image set -> rows of objects."""
    id: str | None = None
    """The one that its source gives it, if it is free."""


def levels(name: str) -> tuple[str, ...]:
    """The levels of a name: ``Immune / T cells``."""
    return tuple(level for level in name.split(LEVELS) if level) or (name,)


def gates_of(study: Study, choice: Choice) -> list[New]:
    """The populations of a gate: one, or of several alternatives one each, hidden, and their union.

    Raises
    ------
    UsageError
        There is no such parent.
    """
    parent = None if choice.parent is None else known(study, choice.parent).id
    texts = [" & ".join(text_of(term) for term in terms) for terms in choice.gate]
    name = levels(choice.name or " | ".join(texts))
    rules = [GateRule(tuple(terms), parent) for terms in choice.gate]
    if len(rules) == 1:
        return [New(name, rules[0], choice.colour, "gate")]
    parts = [New((*name, text), rule, None, "gate", visible=False) for text, rule in zip(texts, rules, strict=True)]
    return [*parts, New(name, SetsRule("union", ()), choice.colour, "gate")]


def sets_of(study: Study, choice: Choice) -> list[New]:
    """The population of a set operation.

    Raises
    ------
    UsageError
        There is no such population.
    """
    found = [known(study, name) for name in choice.populations]
    name = choice.name or JOINTS[str(choice.op)].join(one.name[-1] for one in found)
    rule = SetsRule(choice.op, tuple(one.id for one in found))  # type: ignore[arg-type]
    return [New(levels(name), rule, choice.colour)]


def known(study: Study, text: str) -> Population:
    """The population of this id or name.

    Raises
    ------
    UsageError
        There is none, or several.
    """
    found = population_of(study, text)
    if found is None:
        names = ", ".join(repr(LEVELS.join(one.name)) for one in study.populations[:8]) or "none"
        raise UsageError(f"no population is called {text!r}; there are: {names}", selection=text)
    return found


def defined(study: Study, new: Sequence[New], choice: Choice) -> tuple[Study, list[Population]]:
    """The study with definitions for new populations, and these, in the order given.

    One of the same name is run again if its rule is the same, and replaced if that was asked for.

    Raises
    ------
    UsageError
        There is one of the same name with another rule.
    """
    populations, made = list(study.populations), list[Population]()
    for one in new:
        rule = SetsRule("union", tuple(part.id for part in made)) if one.rule == SetsRule("union", ()) else one.rule
        taken = {other.id for other in made}
        old = [nth for nth, other in enumerate(populations) if other.name == one.name and other.id not in taken]
        if len(old) > 1:
            raise UsageError(f"{len(old)} populations are called {LEVELS.join(one.name)!r}; choose another --name")
        made.append(_definition(populations, replace(one, rule=rule), populations[old[0]] if old else None, choice))
        if old:
            populations[old[0]] = made[-1]
        else:
            populations.append(made[-1])
    return replace(study, populations=tuple(populations)), made


def _definition(populations: Sequence[Population], one: New, old: Population | None, choice: Choice) -> Population:
    if old is None:
        text = one.id or LEVELS.join(one.name)
        name = unique_texts(pl.Series([*(other.id for other in populations), text], dtype=pl.Utf8))[-1]
        return Population(name, one.name, one.kind, one.colour, one.visible, rule=one.rule)
    if not choice.replace and (isinstance(one.rule, ListRule) or old.rule != one.rule):
        raise UsageError(f"there is a population {LEVELS.join(one.name)!r} already; choose another --name, or define it anew with --replace")
    return replace(old, rule=one.rule, colour=old.colour if one.colour is None else one.colour)
