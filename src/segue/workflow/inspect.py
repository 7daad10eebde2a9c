"""What is inside a file, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segue.model.count import Count, counts
from segue.model.describe import facts
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.check import check
from segue.workflow.enabling import Answer, actions
from segue.workflow.opening import open_path
from segue.workflow.selecting.stale import stale_in


@dataclass(frozen=True)
class Found:
    """One file: its format, its facts, and what reading it had to leave out or assume."""

    path: Path
    format: str
    title: str
    image_sets: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    populations: tuple[str, ...]
    notes: Notes
    actions: tuple[Answer, ...] = ()
    """What can be done with it, and why not; empty = nobody asked."""
    counts: tuple[Count, ...] = ()
    """What its image sets have, and which lack it; empty = there are not several."""

    def to_json(self) -> dict[str, Any]:
        sets = [{"name": name, "facts": [list(fact) for fact in found]} for name, found in self.image_sets]
        return (
            {
                "path": str(self.path),
                "format": self.format,
                "image_sets": sets,
                "populations": list(self.populations),
                "notes": self.notes.to_json(),
            }
            | ({"actions": [one.to_json() for one in self.actions]} if self.actions else {})
            | ({"counts": [one.to_json() for one in self.counts]} if self.counts else {})
        )


def inspect(path: Path, from_: str | None = None, image_set: str | int | None = None, *, possible: bool = False) -> Found:
    """Read a file, or one of its image sets, check its areas, and say what it holds; with ``possible`` what can be done with it. Pixels are not read.

    Raises
    ------
    SourceError, UsageError
    """
    opened = open_path(path, from_, image_set=image_set)
    with opened.study as study:
        sets = tuple((s.name or opened.source.name, (*facts(s), *_stale(study, s))) for s in study.image_sets)
        notes = opened.notes + check(study)
        populations = tuple(" / ".join(population.name) for population in study.populations)
        answers = tuple(actions(study, where=path.name)) if possible else ()
        found = tuple(counts(study)) if len(study.image_sets) > 1 else ()
    return Found(path, opened.record.name, opened.record.title, sets, populations, notes, answers, found)


def _stale(study: Study, s: ImageSet) -> list[tuple[str, str]]:
    """Lists of members that were made on other labels, and wait for these."""
    names = {one.id: " / ".join(one.name) for one in study.populations}
    found = stale_in(s)
    return [("stale", f"{names.get(one.population, one.population)}: {len(one.members):,} members, listed on other labels") for one in found]
