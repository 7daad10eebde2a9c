"""Gates that came with a file of populations: their members, where the values that they are about are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from segue.model.populations import Population
from segue.model.rules import GateRule, Range
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.selecting.columns import tables_of
from segue.workflow.selecting.evaluate import select_rows, with_members
from segue.workflow.selecting.order import called


def with_gate_members(study: Study, ids: Collection[str], where: str = "") -> tuple[Study, Notes]:
    """The study with the members of some gates; of image sets that lack a column a gate selects nothing, which is noted.

    Raises
    ------
    UsageError
        A gate names a population that is not there, or a column that several tables have.
    """
    gates = [one for one in study.populations if one.id in ids and isinstance(one.rule, GateRule)]
    if not gates:
        return study, Notes()
    results = [_image_set(study, s, gates, s.name or where) for s in study.image_sets]
    return replace(study, image_sets=tuple(s for s, _ in results)), Notes.joined(notes for _, notes in results)


def _image_set(study: Study, s: ImageSet, gates: list[Population], where: str) -> tuple[ImageSet, Notes]:
    missing = {one.id: [name for name in _columns(one) if not tables_of(s, name)] for one in gates}
    ready = {one.id for one in gates if not missing[one.id]}
    notes = [
        Note(
            Kind.SKIPPED, f"{called(one)} has no members, because no table has the column {missing[one.id][0]!r}; segue select --gates measures it", where=where
        )
        for one in gates
        if missing[one.id]
    ]
    if not ready:
        return s, Notes(tuple(notes))
    s, rows = select_rows(s, study.populations, ready)
    notes += [Note(Kind.DONE, f"{{count object}} in {called(one)}", where=where, count=len(rows[one.id])) for one in gates if one.id in rows]
    return with_members(s, rows, {image.name: image.fingerprint() for image in s.labels}), Notes(tuple(notes))


def _columns(population: Population) -> list[str]:
    assert isinstance(population.rule, GateRule)
    return [name for term in population.rule.terms for name in ((term.column,) if isinstance(term, Range) else (term.x, term.y))]
