"""One item of a batch, wherever it is worked on: find out whether it is done, do it, and say what was read and written."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

from segue.errors import SegueError, SinkError, TooLarge
from segue.notes import Kind, Note, Notes
from segue.storage.fault import DISK, code_of, sink_error
from segue.workflow.jobs.item import BatchResult, I, Work

if TYPE_CHECKING:
    from segue.workflow.jobs.entry import Entry
    from segue.workflow.jobs.files import Read, Written

AGAIN = "again"
"""The folder in the record of a job where an item is done once more, to compare it with what is there."""

MANY = 16
"""Outputs of an item from which on their checksums are computed by all cores."""


@dataclass(frozen=True)
class Frame:
    """What all items of a batch have in common."""

    overwrite: bool = False
    resume: bool = False
    base: Path | None = None
    """Folder that the paths of the record are relative to, absolute; None = there is no record."""
    settings: str = ""
    version: str = ""
    elsewhere: bool = False
    """Whether workers can end without a word, and another one is then given the same item, which may be written already."""


@dataclass(frozen=True)
class Step(Generic[I]):
    """An item, and what the record says about it."""

    item: I
    entry: Entry | None = None


@dataclass(frozen=True)
class Attempt:
    """What became of a step."""

    result: BatchResult | None = None
    error: SegueError | None = None
    entry: Entry | None = None
    before: bool = False


def attempt(step: Step[I], *, work: Work[I], frame: Frame) -> Attempt:
    """Do an item unless it is done. Errors that are ours are returned; others are raised."""
    try:
        return _attempt(step, work, frame)
    except SegueError as error:
        return Attempt(error=error)
    except MemoryError:
        return Attempt(error=TooLarge(f"{step.item.name} needs more memory than there is; work on fewer items at once, or use a larger machine"))
    except OSError as error:
        if code_of(error) not in DISK:
            raise
        return Attempt(error=sink_error(step.item.outputs[0], error))


def _attempt(step: Step[I], work: Work[I], frame: Frame) -> Attempt:
    if frame.base is None:
        return Attempt(work(step.item, frame.overwrite))
    inputs = _inputs(step.item, frame.base)
    if not frame.resume:
        try:
            return _made(step.item, work, frame, inputs, overwrite=frame.overwrite)
        except SinkError as error:
            if not (frame.elsewhere and _is_taken(error)):
                raise
            return _unknown(step.item, work, frame, inputs)
    entry = step.entry
    places = _places(step.item, frame.base)
    if entry is None or entry.targets[: len(places)] != places:
        return _unknown(step.item, work, frame, inputs)
    return _known(step.item, entry, work, frame, inputs)


def _known(item: I, entry: Entry, work: Work[I], frame: Frame, inputs: tuple[Read, ...]) -> Attempt:
    """An item that was done: it stays if all is as it was; what somebody changed since is never replaced."""
    from segue.workflow.jobs.files import still_there

    assert frame.base is not None
    fits = (entry.settings, entry.version, entry.inputs, entry.facts) == (frame.settings, frame.version, inputs, _facts(item))
    states = [still_there(frame.base / one.path, one) for one in entry.outputs]
    if fits and all(states):
        return Attempt(entry.recorded, entry=entry, before=True)
    if False not in states or frame.overwrite:
        return _made(item, work, frame, inputs, overwrite=True)
    if fits and None not in states:
        kept = Note(Kind.SKIPPED, f"{item.outputs[0].name} was changed after it was written, and is kept as it is")
        return Attempt(replace(entry.recorded, notes=entry.recorded.notes + Notes.of(kept)), entry=entry, before=True)
    raise SinkError(
        f"{item.outputs[0]} was changed after it was written, and now it would be written anew; move it away, or allow it to be replaced with --overwrite",
        path=item.outputs[0],
    )


def _unknown(item: I, work: Work[I], frame: Frame, inputs: tuple[Read, ...]) -> Attempt:
    """An item without an entry. What lies there already was written by a run that ended before it could say so, or is somebody else's."""
    if frame.overwrite:
        return _made(item, work, frame, inputs, overwrite=True)
    if not any(map(os.path.lexists, item.outputs)):
        try:
            return _made(item, work, frame, inputs, overwrite=False)
        except SinkError as error:
            if not _is_taken(error):
                raise
    again, there = _again(item, work, frame)
    if again is None:
        return _made(item, work, frame, inputs, overwrite=True)
    return Attempt(again, entry=_entry(item, again, there, frame, inputs))


def _is_taken(error: SinkError) -> bool:
    """Whether an output could not be written because it is there already."""
    return "errno" not in error.fields and os.path.lexists(error.fields.get("path", ""))


def _again(item: I, work: Work[I], frame: Frame) -> tuple[BatchResult | None, list[Path]]:
    """Do an item elsewhere, and compare: its result and what is there of it; None = it is not all there.

    Raises
    ------
    SinkError
        What is there is something else.
    """
    there: list[Path] = []
    whole = True
    with _elsewhere(item, frame) as outputs:
        result = work(item.at(outputs), False)
        for old, new in zip(item.outputs, outputs, strict=True):
            for made in sorted(new.parent.iterdir()) if new.parent.is_dir() else ():
                same = _same(old.with_name(made.name), made)
                there += [old.with_name(made.name)] if same else []
                whole = whole and same
    return (result if whole and there else None), there


def _same(old: Path, new: Path) -> bool:
    """Whether an output is there already; False = nothing is there."""
    from segue.workflow.jobs.files import look_at_output

    found, wanted = look_at_output(old, ""), look_at_output(new, "")
    if found is not None and found != wanted:
        raise SinkError(f"{old} exists already and is not what would be written; move it away, or allow it to be replaced with --overwrite", path=old)
    return found is not None


@contextmanager
def _elsewhere(item: I, frame: Frame) -> Iterator[tuple[Path, ...]]:
    from segue.workflow.job_folder import FOLDER

    assert frame.base is not None
    key = hashlib.sha256("\n".join(_places(item, frame.base)).encode(errors="surrogateescape")).hexdigest()[:16]
    folder = frame.base / FOLDER / AGAIN / key
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield tuple(folder / str(nth) / path.name for nth, path in enumerate(item.outputs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(item: I, work: Work[I], frame: Frame, inputs: tuple[Read, ...], *, overwrite: bool) -> Attempt:
    result = work(item, overwrite)
    written = list(getattr(result, "written", item.outputs))
    return Attempt(result, entry=_entry(item, result, written, frame, inputs) if item.outputs else None)


def _entry(item: I, result: BatchResult, written: list[Path], frame: Frame, inputs: tuple[Read, ...]) -> Entry:
    from segue.tasks.workers import Threads
    from segue.workflow.jobs.entry import Entry, notes_of, place

    assert frame.base is not None
    names = [place(path, frame.base) for path in written]
    workers = Threads() if len(written) > MANY else Threads(1)
    outputs = tuple(one for one in workers.run(_look, zip(written, names, strict=True)) if one is not None)
    targets = _places(item, frame.base)
    facts = (result.content, result.to_json(), notes_of(result.notes), _facts(item))
    return Entry(item.name, targets, inputs, outputs, frame.settings, frame.version, *facts)


def _look(of: tuple[Path, str]) -> Written | None:
    from segue.workflow.jobs.files import look_at_output

    return look_at_output(*of)


def _facts(item: I) -> dict[str, Any]:
    return dict(getattr(item, "facts", {}))


def _inputs(item: I, base: Path) -> tuple[Read, ...]:
    from segue.workflow.job_folder import FOLDER
    from segue.workflow.jobs.entry import place
    from segue.workflow.jobs.files import look_at_input

    outputs = (base, base / FOLDER, *item.outputs)
    return tuple(look_at_input(path, place(path, base), outputs) for path in item.inputs)


def _places(item: I, base: Path) -> tuple[str, ...]:
    from segue.workflow.jobs.entry import place

    return tuple(place(path, base) for path in item.outputs)
