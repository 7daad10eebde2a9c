"""A study that is open for editing: one writer at a time, and no acknowledged edit is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from segue.errors import SinkError, UsageError
from segue.formats.segue_study import added, fold, journal
from segue.formats.segue_study.files import Files
from segue.formats.segue_study.layout import JournalEntry, StudyEntry, folder_names, revised
from segue.formats.segue_study.read import entry_of, load, made
from segue.model.patch import Patch
from segue.model.study import Study
from segue.storage import lock, swap
from segue.storage.fault import sink_error
from segue.storage.source import Source

FOLD_EVERY = 1000
"""Edits that wait at most; then they are put into the tables."""
FOLD_BYTES = 256 << 20
"""Bytes of edits that wait at most."""
KEPT_EDITS = 1000
KEPT_BYTES = 64 << 20
"""How much of the journal stays, so that it can be taken back: the latest edits within both limits, and always the last one."""


class Editing:
    """A study open for editing. A context manager: at the end of the block all edits are in the tables.

    Parameters
    ----------
    path
        Folder of the study.
    trust_changes
        As the reader's option.

    Raises
    ------
    SinkError
        Another segue is writing the study.
    SourceError
        It cannot be read.
    """

    def __init__(self, path: Path | str, *, trust_changes: bool = False) -> None:
        self.root = Path(path).absolute()
        self._files = Files(self.root, trust_changes)
        self._held = ExitStack()

    def __enter__(self) -> Self:
        source = Source(self.root)
        entry_of(source)  # whether it is a study at all, before anything is written into the folder
        self._held.enter_context(lock.write_lock(self.root))
        try:
            self._open()
            if len(self.study.image_sets) != len(self._entry.image_sets):
                self._fold_and_open()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._held:
            if kind is None:
                self.fold()

    def _open(self) -> None:
        self._base, self._entry = load(Source(self.root), self._files)
        fold.clean(self.root, self._entry)
        self._state = self._entry.journal or JournalEntry(journal.NAME, 0, 0, pending=False, revision=0)
        waiting = journal.read(self._files, self._state) if self._state.pending else []
        self._end = self._state.bytes + sum(one.size for one in waiting)
        self._last = waiting[-1].number if waiting else self._state.edits
        self._waiting = len(waiting)
        self.study: Study = self._base
        for one in waiting:
            self.study = made(self.study, one, str(self.root))
        fold.clean_folders(self.root, self._state.folders, [self._entry, self.study])

    def record(self, edit: dict[str, Any], patches: tuple[Patch, ...], undoes: int | None = None, *, linked: bool = False) -> int:
        """Make an edit; when this returns, it is on the disk and can no longer be lost. Returns its number.

        Parameters
        ----------
        edit
            What was asked for, as plain data.
        patches
            What it changes, one after the other, in the study as it is now.
        undoes
            The number of the edit that this one takes back.
        linked
            Whether pixels of image sets that come stay in the files they came from, where they can; else they are copied.

        Raises
        ------
        SinkError
        """
        from segue import __version__

        entry = journal.Entry(self._last + 1, edit, undoes, __version__, patches)
        if any(patch.sets_come and undoes is None for patch in patches):
            made(self.study, entry, str(self.root))  # whether it can be done, before anything is copied
            with self._adding(patches) as folders:
                self._append(replace(entry, patches=self._with_pixels(patches, folders, linked=linked)))
        else:
            self._append(entry)
        others = len(self.study.image_sets) != len(self._base.image_sets)
        if others or self._waiting >= FOLD_EVERY or self._end - self._state.bytes > FOLD_BYTES:
            self._fold_and_open()
        return entry.number

    def _append(self, entry: journal.Entry) -> None:
        after = made(self.study, entry, str(self.root))
        line = journal.encode(entry, self.root, [s.name for s in self.study.image_sets])
        self._announce()
        self._end = journal.append(self.root / self._state.path, self._end, line)
        self.study, self._last, self._waiting = after, entry.number, self._waiting + 1

    def _fold_and_open(self) -> None:
        self.fold()
        self._open()

    @contextmanager
    def _adding(self, patches: tuple[Patch, ...]) -> Iterator[list[str]]:
        """The folders of the image sets that come, announced in study.json before anything is written into them; where that fails they go."""
        names = [s.name for s in (*self.study.image_sets, *(s for patch in patches for s in patch.sets_come))]
        folders = folder_names(names)[len(self.study.image_sets) :]
        taken = [name for name in folders if (self.root / name).exists()]
        if taken:
            raise SinkError(f"{self.root.name} holds a folder {taken[0]} that is no part of the study; move it elsewhere", path=self.root / taken[0])
        before, entry = self._state, self._entry
        self._state_is(msgspec.structs.replace(before, folders=(*before.folders, *folders)), self._entry)
        try:
            yield folders
        except BaseException as error:
            fold.clean_folders(self.root, folders, [self._entry, self.study])
            self._state, self._entry = before, entry
            fold.put_entry(self.root, entry)
            if isinstance(error, OSError):
                raise sink_error(self.root, error) from error
            raise

    def _with_pixels(self, patches: tuple[Patch, ...], folders: list[str], *, linked: bool) -> tuple[Patch, ...]:
        left = iter(folders)
        return tuple(replace(patch, sets_come=tuple(added.with_pixels(s, self.root, next(left), linked=linked) for s in patch.sets_come)) for patch in patches)

    def undoable(self) -> list[journal.Entry]:
        """The edits that can be taken back, the latest last."""
        return journal.undoable(self._files, self._state)

    def undo(self, count: int = 1) -> list[journal.Entry]:
        """Take back the latest edits; returns them.

        Raises
        ------
        UsageError
            There are not that many.
        """
        stack = self.undoable()
        if count > len(stack):
            known = f"only {len(stack)} edits" if len(stack) > 1 else "only one edit" if stack else "no edit"
            raise UsageError(f"{self.root.name} knows {known} that can be taken back", count=count)
        taken = stack[::-1][:count]
        for one in taken:
            self.record(one.edit, tuple(patch.inverted() for patch in reversed(one.patches)), undoes=one.number)
        return taken

    def fold(self) -> None:
        """Put all edits into the tables.

        Raises
        ------
        SinkError
        """
        if not self._state.pending:
            return
        revision = self._state.revision + 1
        entry = fold.write_changes(self.root, self._entry, self._base, self.study, revision)
        path, size = self._trimmed(revision)
        folders = tuple(name for name in self._state.folders if (self.root / name).exists())
        self._state_is(JournalEntry(path, self._last, size, pending=False, revision=revision, folders=folders), entry)
        self._base, self._end, self._waiting = self.study, size, 0
        fold.clean(self.root, self._entry)
        fold.clean_folders(self.root, folders, [self._entry])

    def _announce(self) -> None:
        """State in study.json that edits wait, before the first one does."""
        if not self._state.pending:
            self._state_is(msgspec.structs.replace(self._state, pending=True), self._entry)

    def _state_is(self, state: JournalEntry, entry: StudyEntry) -> None:
        entry = msgspec.structs.replace(entry, journal=state)
        fold.put_entry(self.root, entry)
        self._state, self._entry = state, entry

    def _trimmed(self, revision: int) -> tuple[str, int]:
        """The journal without its oldest edits, if it is too long: its path and size."""
        if self._end <= KEPT_BYTES and self._last <= KEPT_EDITS:
            return self._state.path, self._end
        data = (self.root / self._state.path).read_bytes()[: self._end]
        sizes = [len(one.data) for one in journal.lines(data, self._state.path)[0]]
        kept, total = 0, 0
        while kept < len(sizes) and (kept == 0 or (kept < KEPT_EDITS and total + sizes[-1 - kept] <= KEPT_BYTES)):
            total += sizes[-1 - kept]
            kept += 1
        if kept == len(sizes):
            return self._state.path, self._end
        path = revised(journal.NAME, revision, [self._state.path])
        (self.root / path).write_bytes(data[len(data) - total :])
        swap.to_disk(self.root / path)
        return path, total


def undoable(path: Path | str) -> list[journal.Entry]:
    """The edits of a study that can be taken back, the latest last.

    Raises
    ------
    SourceError
    """
    state = entry_of(Source(Path(path))).journal
    return journal.undoable(Files(Path(path).absolute()), state) if state else []
