"""Objects into populations and out of them: tags and classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import ListRule
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.workflow.colours import packed
from segue.workflow.edits.records import SetClass, Tag, Untag
from segue.workflow.edits.scope import Scope
from segue.workflow.edits.selection import LEVELS, population_of

CLASS = "class"


def wanted_population(study: Study, edit: Tag | SetClass) -> tuple[Population | None, Population | None]:
    """The population that an edit puts objects into: (as it is defined in the study; as it is to be defined), or None."""
    if edit.population is None:
        return None, None
    exclusive = isinstance(edit, SetClass)
    among = replace(study, populations=tuple(one for one in study.populations if one.exclusive), image_sets=()) if exclusive else study
    found = population_of(among, edit.population)
    wanted = found or _new(study, edit.population, exclusive=exclusive)
    return found, wanted if edit.colour is None else replace(wanted, colour=packed(edit.colour))


def _new(study: Study, text: str, *, exclusive: bool) -> Population:
    taken = {one.id for one in study.populations}
    name = next(name for name in (text, *(f"{text}-{number}" for number in range(2, len(taken) + 3))) if name not in taken)
    levels = tuple(level for level in text.split(LEVELS) if level) or (text,)
    return Population(name, levels, CLASS if exclusive else "tag", exclusive=exclusive)


def join(scope: Scope, population: Population) -> Notes:
    """Objects become members, and leave the other populations of that kind if a member of one is in no other."""
    members = scope.s.membership.frame
    already = set(members.filter(pl.col("population") == population.id)["object"])
    new = np.array([row for row in scope.rows if row not in already], np.int64)
    left = _leave_others(scope, population) if population.exclusive else 0
    scope.draft.append("membership", places(scope, new, population.id))
    name = LEVELS.join(population.name)
    notes = Notes.of(Note(Kind.DONE, f"{{count object}} put into {name!r}", count=len(new))) if len(new) else Notes()
    if len(new) < len(scope.rows):
        notes += Notes.of(Note(Kind.SKIPPED, f"{{count object}} in {name!r} already", count=len(scope.rows) - len(new)))
    if left:
        notes += Notes.of(Note(Kind.DONE, f"{{count membership}} of other populations of the kind {population.kind!r} ended", count=left))
    if not isinstance(population.rule, ListRule):
        notes += Notes.of(Note(Kind.ASSUMED, f"{name!r} has a rule; when it is run again, it selects its members anew"))
    return notes


def leave(scope: Scope, edit: Untag) -> Notes:
    """Objects are members no longer.

    Raises
    ------
    UsageError
        There is no such population.
    """
    population = population_of(scope.study, edit.population)
    if population is None:
        names = ", ".join(repr(LEVELS.join(one.name)) for one in scope.study.populations[:8]) or "none"
        raise UsageError(f"no population is called {edit.population!r}; there are: {names}", selection=edit.population)
    count = _end(scope, [population.id])
    return Notes.of(Note(Kind.DONE, f"{{count object}} taken out of {LEVELS.join(population.name)!r}", count=count))


def without_class(scope: Scope) -> Notes:
    """Objects have no class any more."""
    count = _end(scope, [one.id for one in scope.study.populations if one.exclusive and one.kind == CLASS])
    return Notes.of(Note(Kind.DONE, "{count object} without a class now", count=count))


def places(scope: Scope, rows: Ints, population: str) -> pl.DataFrame:
    """New memberships behind all others, of the population and of each object."""
    members = scope.s.membership.frame
    last = members.filter(pl.col("population") == population)["nth_in_population"].max()
    of_object = members.group_by("object").agg(pl.col("nth_of_object").max() + 1)
    frame = pl.DataFrame({"row": rows}, schema={"row": pl.Int32}).join(of_object, left_on="row", right_on="object", how="left", maintain_order="left")
    first = 0 if last is None else int(last) + 1  # type: ignore[arg-type]
    return frame.select(
        population=pl.lit(population),
        object=scope.frame["id"].gather(rows),
        nth_in_population=pl.int_range(pl.len(), dtype=pl.Int32) + first,
        nth_of_object=pl.col("nth_of_object").fill_null(0),
    )


def _leave_others(scope: Scope, population: Population) -> int:
    return _end(scope, [one.id for one in scope.study.populations if one.exclusive and one.kind == population.kind and one.id != population.id])


def _end(scope: Scope, populations: list[str]) -> int:
    members = scope.s.membership.frame
    hit = members["population"].is_in(populations).to_numpy() & np.isin(members["object"].to_numpy(), scope.rows)
    return scope.draft.remove("membership", np.flatnonzero(hit).astype(np.int64))
