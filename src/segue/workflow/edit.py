"""Opening a result, changing it, and saving it: a study in place with its journal, anything else as a file that is written anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.errors import UsageError
from segue.formats.format import Format
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.diff import diff
from segue.model.edited_pixels import Renumbered
from segue.model.features import Feature
from segue.model.patch import Patch
from segue.model.study import Study
from segue.notes import Notes
from segue.workflow.convert import Settings, check_options, write_study
from segue.workflow.edits.apply import Made, apply
from segue.workflow.edits.records import Edit
from segue.workflow.labelled import with_labels
from segue.workflow.opening import Opened, read, recognised
from segue.workflow.targets import target_format


@dataclass(frozen=True)
class How:
    """How to edit."""

    output: Path | None = None
    """Where the result goes; None = it replaces what was read."""
    from_: str | None = None
    to: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """``--set``: options of the reader, of the writer, and of the role of an image (``prepare.SETTINGS``)."""
    strict: bool = False
    dry_run: bool = False
    verify: bool = False
    overwrite: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    path: Path
    """What was written."""
    notes: Notes
    numbers: tuple[int, ...] = ()
    """The numbers of the edits in the journal of a study."""
    differences: Mapping[Feature, int] = field(default_factory=dict)
    """Of a dry run: what would be different."""
    renumbered: tuple[tuple[str, int, int], ...] = ()
    """(layer, old label, new label) where all labels were numbered anew."""
    size: int = 0


def edited(study: Study, edits: tuple[Edit, ...]) -> tuple[Study, Notes, tuple[Made, ...]]:
    """A study with edits made to it, one after the other; what they come to is in the notes.

    Raises
    ------
    UsageError
        An edit names something that is not there, or cannot be done.
    """
    made: list[Made] = []
    for edit in edits:
        made.append(apply(study, edit))
        study = made[-1].study
    return study, Notes.joined(one.notes for one in made), tuple(made)


def edit_path(path: Path, edits: tuple[Edit, ...], how: How) -> Outcome:
    """Edit a file or study.

    Raises
    ------
    UsageError
        An edit cannot be done; nothing says where the result is to go.
    NotesRefused
        With ``strict``: the format cannot hold the result.
    SegueError
        It cannot be read or written.
    """
    file = recognised(path, how.from_)
    if file.record.name == STUDY.name and how.output is None:
        return _look(path, edits, how) if how.dry_run else _in_place(path, edits, how)
    record = _target(file.record, path, how)
    check_options(how.options, file.record, record)
    opened = read(file, _chosen(how.options, file.record, "read"))
    with opened.study:
        return _rewrite(opened, record, edits, how)


def _in_place(path: Path, edits: tuple[Edit, ...], how: How) -> Outcome:
    from segue.formats.segue_study.editing import Editing

    check_options(how.options, STUDY, STUDY)
    with Editing(path, trust_changes=bool(how.options.get("trust_changes"))) as session:
        _, notes, made = edited(session.study, edits)
        numbers = tuple(session.record(edit.plain(), one.patches) for edit, one in zip(edits, made, strict=True) if one.patches)
    return Outcome(path, notes, numbers, renumbered=_renumbered(made))


def _look(path: Path, edits: tuple[Edit, ...], how: How) -> Outcome:
    """What the edits would change in a study."""
    with read(recognised(path, how.from_), _chosen(how.options, STUDY, "read")).study as study:
        after, notes, made = edited(study, edits)
        return Outcome(path, notes, (), diff(study, after), _renumbered(made))


def _rewrite(opened: Opened, record: Format, edits: tuple[Edit, ...], how: How) -> Outcome:
    study, notes = with_labels(opened.study, how.options, opened.source.path.name)
    after, done, made = edited(study, edits)
    differences = diff(study, after) if how.dry_run else {}
    target, same = how.output or opened.source.path, how.output is None
    options = _chosen(how.options, record, "write")
    settings = Settings(to=record.name, options=options, strict=how.strict, dry_run=how.dry_run, verify=how.verify, overwrite=how.overwrite or same)
    written = write_study(after, target, settings)
    return Outcome(target, done + opened.notes + notes + written.notes, (), differences, _renumbered(made), written.size)


def _target(source: Format, path: Path, how: How) -> Format:
    """The format to write: the one that was read, unless the output says another."""
    if how.output is None:
        if not (how.overwrite or how.dry_run):
            raise UsageError(f"say where the result is to go: -o NEW, or --overwrite to replace {path.name} (only a study can be edited in place and undone)")
        if not source.writes:
            raise UsageError(f"segue reads {source.title}, but does not write it; choose another form with -o NEW", format=source.name)
        return source
    name = how.output.name.lower()
    if how.to is None and source.writes and any(name.endswith(suffix) for suffix in source.suffixes):
        return source
    return target_format(how.output, how.to)


def _chosen(options: Mapping[str, Any], record: Format, which: str) -> dict[str, Any]:
    known = type(record.options(which)).model_fields
    return {name: value for name, value in options.items() if name in known}


def _renumbered(made: tuple[Made, ...]) -> tuple[tuple[str, int, int], ...]:
    patches: list[Patch] = [patch for one in made for patch in one.patches]
    labels = [label for patch in patches for s in patch.image_sets.values() for label in s.labels]
    return tuple((one.layer, old, new) for one in labels if isinstance(one.change, Renumbered) for old, new in one.change.numbers.rows())


@dataclass(frozen=True)
class Step:
    """An edit in the history of a study."""

    number: int
    edit: dict[str, Any]

    @property
    def what(self) -> str:
        """What was done, in a few words."""
        details = [_said(name, value) for name, value in self.edit.items() if name not in ("edit", "objects", "layer", "image_set") and value is not None]
        return " ".join([str(self.edit.get("edit", "")), *details])

    @property
    def objects(self) -> str:
        """What it was done to."""
        return ", ".join(map(str, self.edit.get("objects", ())))


def _said(name: str, value: Any) -> str:
    """A detail of an edit; of what is only switched on, its name."""
    if isinstance(value, bool):
        return name.replace("_", " ") if value else f"not {name.replace('_', ' ')}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def undo(path: Path, count: int = 1) -> tuple[Step, ...]:
    """Take back the latest edits of a study; returns them, the latest first.

    Raises
    ------
    UsageError
        It is no study, or there are not that many edits.
    SegueError
        It cannot be read or written.
    """
    from segue.formats.segue_study.editing import Editing

    _only_studies(path)
    with Editing(path) as session:
        return tuple(Step(one.number, one.edit) for one in session.undo(count))


def undoable(path: Path) -> tuple[Step, ...]:
    """The edits of a study that can be taken back, the latest first.

    Raises
    ------
    As ``undo``.
    """
    from segue.formats.segue_study.editing import undoable as known

    _only_studies(path)
    return tuple(Step(one.number, one.edit) for one in reversed(known(path)))


def _only_studies(path: Path) -> None:
    record = recognised(path).record
    if record.name != STUDY.name:
        raise UsageError(f"{path.name} is of the format {record.title}; only a study (NAME.segue) remembers its edits", format=record.name)
