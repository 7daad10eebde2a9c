"""What would be deleted, what stays, and why: every recorded output is compared with what is there now."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from segue.storage import leftovers
from segue.storage.lock import NAME as LOCK
from segue.tasks.workers import Threads
from segue.workflow.cleaning.finding import Chosen
from segue.workflow.cleaning.record import Record, plain
from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs.files import Inside, Read, Written

K = TypeVar("K")
V = TypeVar("V")
Stamp = tuple[int, int, int]
"""(size, time of the last change in nanoseconds, number of the file): changes when a file does."""

CHANGED = "was changed after it was written"
LINK = "is a link, or lies behind one"
INPUT = "was read by a run, too"
OUTSIDE = "lies outside of the places where the record says runs wrote"
FOREIGN = "is not in the record"
OWN = "has a record of its own; name it to clean it"
OTHER_RUN = "belongs to another run as well"


@dataclass(frozen=True)
class Goes:
    """An output that is as it was written."""

    path: Path
    size: int
    stamp: Stamp | None = None
    """None = it is a folder."""
    files: tuple[tuple[str, Stamp], ...] = ()
    """What was written in a folder, and is there."""
    alone: bool = True
    """Whether there is nothing else in the folder."""

    @property
    def count(self) -> int:
        """How many files it is."""
        return len(self.files) if self.stamp is None else 1


@dataclass(frozen=True)
class Stays:
    """What is not deleted."""

    path: Path
    why: str


@dataclass(frozen=True)
class Survey:
    """What is there of what runs wrote."""

    chosen: Chosen
    goes: tuple[Goes, ...]
    stays: tuple[Stays, ...]
    unfinished: tuple[Path, ...]
    """What killed runs left under hidden names."""


def survey(chosen: Chosen) -> Survey:
    """Look at everything that is to be deleted.

    Memory is that of the manifest and about 200 bytes for each file in folders that were written; each file is read once, for its checksum.
    """
    record = chosen.record
    kept = {one.path for entry in chosen.others for one in entry.outputs}
    look = _Look(record, kept, _grouped((plain(record.base.absolute() / one.path), one) for entry in (*chosen.entries, *chosen.others) for one in entry.inputs))
    versions = _grouped((one.path, one) for entry in chosen.entries for one in entry.outputs)
    found = [one for some in Threads().run(look, versions.items()) for one in some]
    goes = tuple(one for one in found if isinstance(one, Goes))
    stays = [one for one in found if isinstance(one, Stays)]
    stays += _foreign(record, found) if not chosen.others else []
    return Survey(chosen, goes, tuple(stays), tuple(_unfinished(chosen)))


@dataclass(frozen=True)
class _Look:
    """What becomes of one recorded output."""

    record: Record
    kept: set[str]
    reads: dict[Path, list[Read]]

    def __call__(self, output: tuple[str, list[Written]]) -> list[Goes | Stays]:
        named, versions = output
        path = self.record.path(named)
        if path is None:
            return [Stays(Path(named), OUTSIDE)]
        try:
            return self._at(path, named, versions)
        except OSError as error:
            return [Stays(path, f"cannot be read: {(error.strerror or str(error)).lower()}")]

    def _at(self, path: Path, named: str, versions: list[Written]) -> list[Goes | Stays]:
        state = _state(path)
        if state is None:
            return []
        if named in self.kept:
            return [Stays(path, OTHER_RUN)]
        if stat.S_ISLNK(state.st_mode) or self._behind_a_link(path):
            return [Stays(path, LINK)]
        if any(_other(read, versions, state) for read in self.reads.get(plain(path.absolute()), ())):
            return [Stays(path, INPUT)]
        return _folder(path, versions) if stat.S_ISDIR(state.st_mode) else _file(path, versions, state)

    def _behind_a_link(self, path: Path) -> bool:
        home = plain(path.absolute()).parent
        root = next((one for one in self.record.roots if home.is_relative_to(one)), home)
        return Path(os.path.realpath(home)) != Path(os.path.realpath(root)) / home.relative_to(root)


def _file(path: Path, versions: Iterable[Written], state: os.stat_result) -> list[Goes | Stays]:
    fitting = {one.sha256 for one in versions if one.files is None and one.size == state.st_size}
    if stat.S_ISREG(state.st_mode) and fitting and _sha256(path) in fitting:
        return [Goes(path, state.st_size, stamp(state))]
    return [Stays(path, CHANGED)]


def _folder(path: Path, versions: Iterable[Written]) -> list[Goes | Stays]:
    there = dict(walk(path))
    found = [_inside(path, one.files, there) for one in versions if one.files is not None] or [[Stays(path, CHANGED)]]
    return next((some for some in found if isinstance(some[0], Goes)), found[0])


def _inside(path: Path, files: Iterable[Inside], there: dict[str, os.stat_result]) -> list[Goes | Stays]:
    """A folder of which a part was changed cannot be read without the rest, and stays as a whole. What somebody added to it stays."""
    mine: list[tuple[str, Stamp]] = []
    for one in files:
        state = there.get(one.path)
        if state is None:
            continue
        if not stat.S_ISREG(state.st_mode) or state.st_size != one.size or _sha256(path / one.path) != one.sha256:
            return [Stays(path, f"{one.path} in it {CHANGED}")]
        mine.append((one.path, stamp(state)))
    known = {inside for inside, _ in mine}
    others = [inside for inside in there if inside not in known and Path(inside).name != LOCK]
    if others and not mine:
        return [Stays(path, FOREIGN)]
    goes = Goes(path, sum(one[0] for _, one in mine), None, tuple(mine), not others)
    return [goes, *(Stays(path / inside, FOREIGN) for inside in others)]


def _other(read: Read, versions: Iterable[Written], state: os.stat_result) -> bool:
    """Whether what a run read in this place was something else than what a run wrote there: then it was an input before it was an output."""
    if read.sha256:
        return read.sha256 not in {one.sha256 if one.files is None else _folded(one.files) for one in versions}
    return stat.S_ISREG(state.st_mode) and read.changed != state.st_mtime_ns


def _folded(files: Iterable[Inside]) -> str:
    """The checksum of a folder as an input."""
    digest = hashlib.sha256()
    for one in files:
        digest.update(f"{one.path}\n{one.sha256}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _foreign(record: Record, found: Iterable[Goes | Stays]) -> Iterator[Stays]:
    """What else lies in the folders that runs made, and keeps these from being removed."""
    known = {plain(one.path.absolute()) for one in found} | {plain(record.folder.absolute())}
    for folder in record.folders:
        if not any(folder.is_relative_to(root) for root in record.roots):
            continue
        with suppress(OSError):
            for path in sorted(folder.iterdir()):
                if not (path in known or path in record.folders or path.name.startswith(f"{leftovers.PART}-")):
                    own = path.is_dir() and (path / FOLDER).is_dir()
                    yield Stays(record.shown(path), OWN if own else FOREIGN)


def _unfinished(chosen: Chosen) -> Iterator[Path]:
    record = chosen.record
    named = {one.path for entry in chosen.entries for one in entry.outputs} | {one for entry in chosen.entries for one in entry.targets}
    if not chosen.others:
        named |= set(record.planned)
    targets = (path for one in sorted(named) if (path := record.path(one)) is not None)
    yield from leftovers.abandoned(targets)


def walk(folder: Path, inside: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a folder that is no folder, with slashes in its name; links are not followed."""
    with os.scandir(folder) as entries:
        for one in sorted(entries, key=lambda entry: entry.name):
            if one.is_dir(follow_symlinks=False):
                yield from walk(folder / one.name, f"{inside}{one.name}/")
            else:
                yield f"{inside}{one.name}", one.stat(follow_symlinks=False)


def stamp(state: os.stat_result) -> Stamp:
    """What changes when a file does."""
    return state.st_size, state.st_mtime_ns, state.st_ino


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
