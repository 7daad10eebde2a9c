"""In which order rules are run: a population after those that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from segue.errors import UsageError
from segue.model.populations import Population
from segue.model.rules import GateRule, Rule, SetsRule


def made_of(rule: Rule) -> tuple[str, ...]:
    """Ids of the populations that a rule looks at."""
    if isinstance(rule, SetsRule):
        return rule.populations
    return (rule.parent,) if isinstance(rule, GateRule) and rule.parent is not None else ()


def called(population: Population) -> str:
    """What sentences call a population."""
    return repr(" / ".join(population.name))


def ordered(populations: Sequence[Population], wanted: Collection[str]) -> list[Population]:
    """Some populations in the order in which their rules can be run.

    Parameters
    ----------
    populations
        All of a study.
    wanted
        The ids of those to run.

    Raises
    ------
    UsageError
        A rule names a population that is not there, or leads back to itself.
    """
    known = {one.id: one for one in populations}
    done: dict[str, Population] = {}
    for first in populations:
        if first.id in wanted:
            _visit(first, known, wanted, done)
    return list(done.values())


def _visit(first: Population, known: dict[str, Population], wanted: Collection[str], done: dict[str, Population]) -> None:
    """Depth first, without recursion: chains of parents may be long."""
    path = {first.id: iter(made_of(first.rule))}
    while path:
        name = next(reversed(path))
        below = next((one for one in path[name] if one not in done), None)
        if below is None:
            path.pop(name)
            if name in wanted:
                done[name] = known[name]
        elif below not in known:
            raise UsageError(f"population {called(known[name])} is made of the population {below!r}, which is not there", population=name, missing=below)
        elif below in path:
            loop = [*list(path)[list(path).index(below) :], below]
            raise UsageError(f"the rules lead back to themselves: {' -> '.join(called(known[one]) for one in loop)}", population=below)
        else:
            path[below] = iter(made_of(known[below].rule))
