"""Deleting what a survey found, piece by piece, so that one that is interrupted can be gone on with; the record goes last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segue.storage import leftovers
from segue.storage.lock import NAME as LOCK
from segue.storage.lock import write_lock
from segue.workflow.cleaning.record import Record, plain
from segue.workflow.cleaning.survey import CHANGED, FOREIGN, Goes, Stays, Survey, stamp
from segue.workflow.jobs import manifest
from segue.workflow.jobs.attempt import AGAIN

RECORD = ("recipe.json", manifest.NAME, LOCK, "plan.json")
"""Files of a record, in the order in which they are deleted: the plan names the folders that are removed after it."""


@dataclass(frozen=True)
class Cleaned:
    """What was deleted, what stays, and what could not be deleted."""

    gone: tuple[Goes, ...] = ()
    stays: tuple[Stays, ...] = ()
    failed: tuple[Stays, ...] = ()
    dry_run: bool = False
    """Whether nothing was deleted: ``gone`` is what would be."""

    @property
    def files(self) -> int:
        """How many files were deleted."""
        return sum(one.count for one in self.gone)

    @property
    def size(self) -> int:
        """Their bytes."""
        return sum(one.size for one in self.gone)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        gone = [{"path": str(one.path), "bytes": one.size, "files": one.count} for one in self.gone]
        stays, failed = ([{"path": str(one.path), "why": one.why} for one in some] for some in (self.stays, self.failed))
        return {"dry_run": self.dry_run, "deleted": gone, "stays": stays, "failed": failed}


def remove(found: Survey) -> Cleaned:
    """Delete what a survey found. What changed since it was looked at stays; what is gone already is no error.

    Raises
    ------
    SinkError
        A run is writing there, or the record cannot be changed.
    """
    record = found.chosen.record
    with write_lock(record.folder):
        for part in found.unfinished:
            leftovers.remove(part)
        outcomes = [_attempt(one) for one in found.goes]
        left = {str(one.path) for one in outcomes if isinstance(one, _Failed)}
        manifest.remove(record.folder / AGAIN)
        _remove_folders(record, above=False)
        _forget(found, left)
    if not (record.folder / manifest.NAME).exists():
        _remove_record(record)
        _remove_folders(record, above=True)
    gone = tuple(one for one in outcomes if isinstance(one, Goes))
    failed = tuple(Stays(one.path, one.why) for one in outcomes if isinstance(one, _Failed))
    return Cleaned(gone, (*found.stays, *(one for one in outcomes if isinstance(one, Stays) and not isinstance(one, _Failed))), failed)


@dataclass(frozen=True)
class _Failed(Stays):
    """Something that could not be deleted."""


def _attempt(one: Goes) -> Goes | Stays:
    try:
        return _folder(one) if one.stamp is None else _file(one)
    except OSError as error:
        return _Failed(one.path, f"cannot be deleted: {(error.strerror or str(error)).lower()}")


def _file(one: Goes) -> Goes | Stays:
    with suppress(FileNotFoundError):
        if stamp(one.path.lstat()) != one.stamp:
            return Stays(one.path, CHANGED)
        one.path.unlink()
    return one


def _folder(one: Goes) -> Goes | Stays:
    """A folder disappears at once, under a hidden name, so that nobody finds half of it; unless somebody put something into it."""
    for inside, known in one.files:
        with suppress(FileNotFoundError):
            if stamp((one.path / inside).lstat()) != known:
                return Stays(one.path, f"{inside} in it {CHANGED}")
    if not one.alone:
        _empty(one.path, one)
        return one
    hidden = leftovers.hidden_beside(one.path)
    try:
        one.path.rename(hidden)
        _empty(hidden, one)
        if hidden.exists():  # something was put into it meanwhile
            hidden.rename(one.path)
            return Stays(one.path, FOREIGN)
    except FileNotFoundError:
        pass
    finally:
        leftovers.forget(hidden)
    return one


def _empty(folder: Path, one: Goes) -> None:
    for inside, _ in one.files:
        (folder / inside).unlink(missing_ok=True)
    (folder / LOCK).unlink(missing_ok=True)
    for path in _folders_below(folder):
        with suppress(OSError):
            path.rmdir()


def _folders_below(folder: Path) -> Iterator[Path]:
    """All folders in a folder, and itself, the inner before the outer; links are not followed."""
    for path, _, _ in os.walk(folder, topdown=False):
        yield Path(path)


def _remove_folders(record: Record, *, above: bool) -> None:
    """The folders that runs made, where they are empty."""
    base = plain(record.base.absolute())
    for folder in sorted(record.folders, key=lambda path: len(path.parts), reverse=True):
        if (folder in (base, *base.parents)) == above:
            _remove_empty(folder)


def _forget(found: Survey, left: set[str]) -> None:
    """The record, without what is no longer there."""
    record, chosen = found.chosen.record, found.chosen
    kept = [entry for entry in chosen.entries if any(str(record.path(one.path)) in left for one in entry.outputs)]
    remaining = {id(entry) for entry in (*kept, *chosen.others)}
    manifest.rewrite(record.folder / manifest.NAME, [entry for entry in record.entries if id(entry) in remaining])


def _remove_record(record: Record) -> None:
    """The record itself, and its folder unless somebody put something into it."""
    for name in RECORD:
        for part in leftovers.abandoned([record.folder / name]):
            leftovers.remove(part)
        manifest.remove(record.folder / name)
    _remove_empty(plain(record.folder.absolute()))


def _remove_empty(folder: Path) -> None:
    """Remove a folder if it is empty, and nobody is in it."""
    if folder not in {Path.cwd(), *Path.cwd().parents, Path.home()} and not folder.is_symlink():
        with suppress(OSError):
            folder.rmdir()
