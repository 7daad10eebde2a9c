"""Importing results into a study that exists: all or nothing, and undoable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.errors import UsageError
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.patch import Patch
from segue.model.study import Study
from segue.notes import Notes
from segue.workflow.merging.roles import in_their_roles
from segue.workflow.merging.study import merged
from segue.workflow.merging.wish import Wish
from segue.workflow.opening import read, recognised
from segue.workflow.pairing import files_of
from segue.workflow.prepare import SETTINGS


@dataclass(frozen=True)
class How:
    """How to import."""

    wish: Wish = field(default_factory=Wish)
    from_: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    linked: bool = False
    """Whether the pixels of image sets that are added stay in the files that they are in."""


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    study: Path
    inputs: tuple[Path, ...]
    notes: Notes
    number: int | None = None
    """The number of the edit in the journal of the study; None = nothing changed."""
    differences: Mapping[Feature, int] = field(default_factory=dict)
    """Of a dry run: what would be different."""


def merge_paths(inputs: Sequence[str], study: Path, how: How, edit: Mapping[str, Any] | None = None) -> Outcome:
    """Import files into a study.

    Parameters
    ----------
    inputs
        Files, folders, patterns.
    study
        The study; it is changed in place, in one step that ``segue undo`` takes back.
    how
        What is imported.
    edit
        What the journal says about it.

    Raises
    ------
    Incompatible
        Something does not fit the study; nothing was imported.
    UsageError
        It is no study.
    SegueError
        Something cannot be read or written.
    """
    from segue.formats.segue_study.editing import Editing

    if recognised(study).record.name != STUDY.name:
        raise UsageError(f"{study.name} is no study (NAME.segue); make one with segue convert {study.name} NAME.segue")
    files = tuple(file for one in inputs for file in files_of(one))
    if how.dry_run:
        with read(recognised(study)).study as before, ExitStack() as held:
            after, _, notes = _imported(before, files, how, held)
            return Outcome(study, files, notes, None, diff(before, after))
    with Editing(study) as session, ExitStack() as held:
        _, patches, notes = _imported(session.study, files, how, held)
        said = dict(edit or {"edit": "merge", "inputs": [file.name for file in files]})
        return Outcome(study, files, notes, session.record(said, patches, linked=how.linked) if patches else None)


def _imported(study: Study, files: Sequence[Path], how: How, held: ExitStack) -> tuple[Study, tuple[Patch, ...], Notes]:
    """The study with all files imported, one after the other; nothing is written. The files are let go of when ``held`` ends."""
    patches: list[Patch] = []
    notes: list[Notes] = []
    for file in files:
        found = recognised(file, how.from_)
        known = type(found.record.options("read")).model_fields
        _check_options(how.options, known)
        opened = read(found, {name: value for name, value in how.options.items() if name in known})
        held.callback(opened.study.close or (lambda: None))
        coming, more = in_their_roles(study, opened.study, how.wish, how.options, file.name)
        made = merged(study, coming, how.wish, file.name)
        study, patches = made.study, [*patches, *made.patches]
        notes += [opened.notes, more.at(file.name), made.notes]
    return study, tuple(patches), Notes.joined(notes).merged()


def _check_options(options: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    unknown = [name for name in options if name not in known and name not in SETTINGS]
    if unknown:
        raise UsageError(f"--set {unknown[0]}: no such option here; there are: {', '.join([*known, *SETTINGS])}")
