"""The record of a batch: what was asked for, what is planned, and what is done, in a folder beside the outputs.

``segue-job/recipe.json``     what was asked for; its places are relative to the folder that holds ``segue-job``
``segue-job/plan.json``       the items, the folders that were made for them, and places of outputs that are not below the folder
``segue-job/manifest.jsonl``  a line per finished item (`entry.Entry`), on the disk as soon as its outputs are in place

Nothing in it depends on the clock, on the computer, on the folder in which everything lies, or on who did the work in which order: a batch
that was interrupted and finished later leaves the same bytes as one that was not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from segue import __version__
from segue.errors import SegueError, SinkError, UsageError
from segue.storage.fault import sink_error
from segue.storage.lock import NAME as LOCK
from segue.storage.lock import write_lock
from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs import manifest
from segue.workflow.jobs.attempt import AGAIN, Attempt, Frame
from segue.workflow.jobs.entry import Entry, place
from segue.workflow.jobs.item import BatchItem
from segue.workflow.jobs.places import seen_from, settings_digest, settings_of
from segue.workflow.recipe import Recipe, read_recipe, recipe_bytes


class Job:
    """The record while it is being written; made by `keep_record`."""

    def __init__(self, base: Path, frame: Frame, entries: dict[str, Entry]) -> None:
        self.folder = base / FOLDER
        self.frame = frame
        self.finished = 0
        """Items that are done, now or before."""
        self._base = base
        self._entries = entries

    def entry(self, item: BatchItem) -> Entry | None:
        """What is recorded about an item."""
        return self._entries.get(place(item.outputs[0], self._base)) if item.outputs else None

    def remembered(self, made: Attempt) -> Attempt:
        """The attempt, entered into the record; one that cannot be entered counts as failed (a resumed batch recognises what it wrote)."""
        if made.entry is not None and not made.before:
            try:
                manifest.append(self.folder / manifest.NAME, made.entry)
            except SinkError as error:
                return Attempt(error=error)
            self._entries[made.entry.targets[0]] = made.entry
        self.finished += made.error is None
        return made

    def finish(self, items: Sequence[BatchItem]) -> None:
        """Bring the entries into the order of the plan."""
        keys = [place(item.outputs[0], self._base) for item in items if item.outputs]
        planned = [self._entries[key] for key in keys if key in self._entries]
        others = [entry for key, entry in sorted(self._entries.items()) if key not in set(keys)]
        manifest.rewrite(self.folder / manifest.NAME, planned + others)


@contextmanager
def keep_record(base: Path, recipe: Recipe, items: Sequence[BatchItem], *, resume: bool = False, overwrite: bool = False) -> Iterator[Job]:
    """Keep the record of a batch; one run at a time.

    Parameters
    ----------
    base
        The folder in which the record lies; made if it is missing, and removed again if nothing was done.
    recipe, items
        What was asked for, and what that comes to.
    resume
        Whether what an earlier run did is left alone. Without it, and without ``overwrite``, such outputs are refused.
    overwrite
        Whether outputs that exist may be replaced, whoever wrote them.

    Raises
    ------
    UsageError
        An earlier run did some of it, and nobody said what to do with that; or it is to be resumed with other settings.
    SinkError
        The folder cannot be written, or another run is writing there.
    """
    shown, base = base, base.absolute()
    folder, settings = base / FOLDER, settings_digest(recipe)
    missing = _missing_folders(base, items)
    _make(folder)
    with write_lock(folder):
        try:
            manifest.remove(folder / AGAIN)
            entries = manifest.read(folder / manifest.NAME)
            frame = Frame(overwrite, resume, base, settings, __version__)
            job = Job(base, frame, entries)
            known = [(item, entry) for item in items if (entry := job.entry(item)) is not None]
            if not overwrite:
                _refuse(shown / FOLDER, known, len(items), recipe, settings, resume=resume)
            _state(folder, recipe, _plan(folder, base, items, missing))
            yield job
            with suppress(SinkError):  # a full disk: the order of the lines is not worth an error
                job.finish(items)
        finally:
            manifest.remove(folder / AGAIN)
            if not (folder / manifest.NAME).exists():
                _forget(folder)
    _remove_empty(folder, missing)


def _refuse(folder: Path, known: list[tuple[Any, Entry]], total: int, recipe: Recipe, settings: str, *, resume: bool) -> None:
    """Raise where an earlier run did items of this one, and it would be wrong to guess what is wanted."""
    other = [entry for _, entry in known if entry.settings != settings]
    if resume and other:
        raise UsageError(f"{folder.parent} holds results of other settings{_differing(folder, recipe)}; resume with the settings they were made with, "
                         "choose another folder, or do all again with --overwrite")  # fmt: skip
    there = sum(any(os.path.lexists(folder.parent / one.path) for one in entry.outputs) for _, entry in known)
    if there and not resume:
        way = "do all again with --overwrite" if other else "go on with --resume, or do all again with --overwrite"
        raise UsageError(f"{there} of {total} items were done already by an earlier run in {folder.parent}; {way}")


def _differing(folder: Path, recipe: Recipe) -> str:
    try:
        old, new = settings_of(read_recipe(folder / "recipe.json")), settings_of(recipe)
    except SegueError:
        return ""
    changes = [f"{name}: {old.get(name, 'default')}, now {new.get(name, 'default')}" for name in {**old, **new} if old.get(name) != new.get(name)]
    return f" ({', '.join(changes)})" if changes else ""


def _state(folder: Path, recipe: Recipe, plan: bytes) -> None:
    base = folder.parent
    manifest.put(folder / "recipe.json", recipe_bytes(seen_from(recipe, Path.cwd(), base)))
    manifest.put(folder / "plan.json", plan)


def _plan(folder: Path, base: Path, items: Sequence[BatchItem], missing: list[Path]) -> bytes:
    homes = {place(path.absolute().parent, base) for item in items for path in item.outputs}
    elsewhere = sorted(home for home in homes if home.split("/")[0] == ".." or Path(home).is_absolute())
    facts = {"folders": [place(path, base) for path in missing], "places": elsewhere}
    with suppress(OSError, ValueError, TypeError, AttributeError):
        before = orjson.loads((folder / "plan.json").read_bytes())
        facts = {name: [*(old := before.get(name, [])), *(one for one in new if one not in old)] for name, new in facts.items()}
    planned = [
        {"item": item.name, "inputs": [place(path, base) for path in item.inputs], "outputs": [place(path, base) for path in item.outputs]} for item in items
    ]
    return orjson.dumps({"segue": 1, **facts, "items": planned}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _missing_folders(base: Path, items: Sequence[BatchItem]) -> list[Path]:
    """Folders that will be made for the outputs, the outer before the inner."""
    homes = {base, *(path.absolute().parent for item in items for path in item.outputs)}
    return sorted({folder for home in homes for folder in (home, *home.parents) if not folder.exists()})


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise sink_error(folder, error) from error


def _forget(folder: Path) -> None:
    for name in ("recipe.json", "plan.json", LOCK):
        manifest.remove(folder / name)


def _remove_empty(folder: Path, made: list[Path]) -> None:
    """The folders of a batch of which nothing came."""
    for path in (folder, *reversed(made)):
        with suppress(OSError):
            path.rmdir()
