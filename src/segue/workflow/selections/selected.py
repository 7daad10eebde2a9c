"""Selecting in a study: new populations with their rules and members, or the rules that are there run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue.errors import InvalidOption, UsageError
from segue.model.image import LabelImage
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import GateRule, RegionRule
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.edits.records import Selecting
from segue.workflow.edits.selection import image_sets
from segue.workflow.enabling import require
from segue.workflow.measuring.wanted import columns_of, with_wanted
from segue.workflow.opening import Opened, open_path
from segue.workflow.resegment import Refreshed, kind_of, refreshed, resegmented
from segue.workflow.selecting.evaluate import evaluate, with_members
from segue.workflow.selecting.order import called
from segue.workflow.selecting.places import Listed, listed
from segue.workflow.selections.choice import Choice
from segue.workflow.selections.definitions import New, defined, gates_of, known, sets_of
from segue.workflow.selections.lists import lists_of
from segue.workflow.selections.region_files import with_regions

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True)
class Selection:
    """A study in which something was selected."""

    study: Study
    populations: tuple[Refreshed, ...]
    """What became of each population in each image set."""
    notes: Notes


def selected(study: Study, choice: Choice, only: Sequence[str] = (), workers: Workers | None = None, where: str = "") -> Selection:
    """Make populations, and find their members; the study that is given stays as it is.

    Parameters
    ----------
    study
        With label images, or objects that are drawn.
    choice
        What to select.
    only
        Names or numbers of the image sets; empty = all.
    workers
        Who reads labels and measures; None = threads.
    where
        What sentences call the study.

    Raises
    ------
    UsageError
        A population, column or image set is not there; rules lead back to themselves.
    SourceError
        A file cannot be read, or is about another image.
    """
    chosen = chosen_sets(study, only)
    notes = Notes()
    files = [open_path(path) for path in choice.regions]
    with _closing(files):
        study, new, more = _wanted(study, choice, chosen, files)
        notes += Notes.joined(file.notes for file in files) + more
    places: dict[int, Listed] = {nth: listed(study.image_sets[nth], workers) for nth in chosen}
    study = _with_sets(study, {nth: one.s for nth, one in places.items()})
    if not (choice.gate or choice.gates):
        require(_action(choice), replace(study, image_sets=tuple(study.image_sets[nth] for nth in chosen)), where=where, hint="name it with --labels")
    if choice.ids is not None or choice.ids_file is not None:
        new, more = lists_of(study, choice, chosen, [where] if where else [])
        notes += more
    study, made = defined(study, new, choice)
    rules = [one.rule for one in made]
    reports: list[Refreshed] = []
    for nth in chosen:
        s, more = with_wanted(study.image_sets[nth], columns_of(rules), workers, study.image_sets[nth].name or where)
        notes += more
        if choice.gate or choice.gates:
            require("select by gate", study, s, where)
        members = evaluate(replace(places[nth], s=s), study.populations, {one.id for one in made})
        members |= {one.id: rows for one, part in zip(made, new, strict=True) if (rows := part.members.get(nth)) is not None}
        s, report, more = _put(study, s, members, made, s.name or where)
        study = _with_sets(study, {nth: s})
        reports += report
        notes += more
    return Selection(study, tuple(reports), notes + _stale_values(study, chosen, rules))


def _action(choice: Choice) -> str:
    """What it is called in the table of what can be done; whether gates can be set is known when their values have been measured."""
    return "select by region" if choice.regions else "combine populations" if choice.op else "select by ids"


def _wanted(study: Study, choice: Choice, chosen: Sequence[int], files: Sequence[Opened]) -> tuple[Study, list[New], Notes]:
    """What is to be made, but for lists."""
    if choice.regions:
        return with_regions(study, files, choice, chosen)
    if choice.gates:
        new, notes = _of_gate_files(study, choice)
        return study, new, notes
    if choice.gate:
        return study, gates_of(study, choice), Notes()
    return study, sets_of(study, choice) if choice.op else [], Notes()


def _of_gate_files(study: Study, choice: Choice) -> tuple[list[New], Notes]:
    """The gates of files, with their names and colours."""
    parent = None if choice.parent is None else known(study, choice.parent).id
    new: dict[tuple[str, ...], New] = {}
    notes = Notes()
    for path in choice.gates:
        file = open_path(path)
        notes += file.notes
        with file.study as found:
            gates = [one for one in found.populations if isinstance(one.rule, GateRule)]
        if not gates:
            raise InvalidOption(f"{path} holds no gates: a file of gates says COLUMN,MIN,MAX and perhaps a name in each line", option="gates", given=path)
        for one in gates:
            assert isinstance(one.rule, GateRule)
            rule = one.rule if parent is None else replace(one.rule, parent=parent)
            colour = choice.colour if choice.colour is not None else one.colour
            new[one.name] = New(one.name, rule, colour, one.kind, one.visible, id=one.id)
    if choice.name is not None and len(new) > 1:
        raise UsageError(f"the files hold {len(new)} gates with names of their own; leave --name out")
    named = [replace(one, name=(choice.name,)) if choice.name is not None else one for one in new.values()]
    return named, notes


def _put(study: Study, s: ImageSet, members: dict[str, Ints], made: Sequence[Population], where: str) -> tuple[ImageSet, list[Refreshed], Notes]:
    before = dict(s.membership.frame["population"].value_counts().rows())
    fingerprints = {image.name: image.fingerprint() for image in s.labels} if members else {}
    found = with_members(s, members, fingerprints)
    reports, notes = [], []
    for one in made:
        if one.id in members:
            count = len(members[one.id])
            reports.append(Refreshed(" / ".join(one.name), where, kind_of(one), "selected", before.get(one.id, 0), count))
            notes.append(Note(Kind.DONE, f"{{count object}} in {called(one)}", where=where, count=count))
    return found, reports, Notes(tuple(notes))


def _stale_values(study: Study, chosen: Sequence[int], rules: Sequence[object]) -> Notes:
    """Values that are older than their objects, and that a gate looked at."""
    names = set(columns_of([rule for rule in rules if isinstance(rule, GateRule)]))
    counts = [
        len(table.stale)
        for nth in chosen
        for table in study.image_sets[nth].tables.values()
        if table.about == "objects" and names & {column.name for column in table.columns}
    ]
    what = "values of {count object} are older than it, and a gate looked at them; measure again (segue measure) and refresh"
    return Notes.of(Note(Kind.ASSUMED, what, count=sum(counts))) if sum(counts) else Notes()


def again(
    study: Study,
    only: Sequence[str] = (),
    labels: Mapping[int, LabelImage] | None = None,
    layer: str | None = None,
    workers: Workers | None = None,
    where: str = "",
) -> Selection:
    """Run the rules of all populations again; with new labels everything that was made on the old ones is brought up to date.

    Parameters
    ----------
    study
        The study; it stays as it is.
    only, workers, where
        As for ``selected``.
    labels
        Place of an image set -> its new label image.
    layer
        Of several label images the one that is replaced.

    Raises
    ------
    As ``resegment.resegmented``.
    """
    check_regions(study)
    if labels:
        done = resegmented(study, labels, layer, workers, where)
        return Selection(done.study, done.populations, done.notes)
    require("refresh populations", study, where=where)
    done = refreshed(study, chosen_sets(study, only), workers, where)
    return Selection(done.study, done.populations, done.notes)


def check_regions(study: Study) -> None:
    """Raise UsageError if a rule names a region that is in no image set at all."""
    there = {name for s in study.image_sets for name in s.objects.frame["id"]} if any(isinstance(one.rule, RegionRule) for one in study.populations) else set()
    for one in study.populations:
        missing = [name for name in one.rule.regions if name not in there] if isinstance(one.rule, RegionRule) else []
        if missing:
            raise UsageError(f"population {called(one)} is made of the region {missing[0]!r}, which is not there", population=one.id, missing=missing[0])


def chosen_sets(study: Study, only: Sequence[str]) -> list[int]:
    """Places of the image sets that are meant.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    if not only:
        return list(range(len(study.image_sets)))
    found = [nth for name in only for nth in image_sets(study, Selecting(image_set=name))]
    return sorted(set(found))


def _with_sets(study: Study, sets: Mapping[int, ImageSet]) -> Study:
    return replace(study, image_sets=tuple(sets.get(nth, s) for nth, s in enumerate(study.image_sets)))


class _closing:
    """Lets go of files that were read."""

    def __init__(self, files: Sequence[Opened]) -> None:
        self.files = files

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: Any) -> None:
        for file in self.files:
            if file.study.close is not None:
                file.study.close()
