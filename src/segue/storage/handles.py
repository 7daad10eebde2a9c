"""Open files, kept open between two reads.

The only state that segue shares inside a process: at most ``LIMIT`` open files, the longest unused one is closed first. Pixels refer to
their file by a `Source`; whoever wants to read asks here. One thread at a time has a file (HDF5 and seek + read demand it). After a
fork the child starts with none.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from segue.errors import SourceChanged
from segue.storage.source import Source

LIMIT = 64
"""Open files at most: far below the 256 that macOS allows."""


class Closable(Protocol):
    def close(self) -> Any: ...


Handle = TypeVar("Handle", bound=Closable)


class _Slot:
    """One file: who reads holds the lock; ``handle`` is made by the first reader."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users = 0
        self.handle: Closable | None = None

    def close(self) -> None:
        if self.handle is not None:
            with suppress(Exception):  # a file that cannot be closed was only read
                self.handle.close()
            self.handle = None


class _Handles:
    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.slots: OrderedDict[tuple[Any, ...], _Slot] = OrderedDict()

    def take(self, key: tuple[Any, ...]) -> _Slot:
        with self.guard:
            slot = self.slots.setdefault(key, _Slot())
            self.slots.move_to_end(key)
            slot.users += 1
            return slot

    def give_back(self, slot: _Slot) -> None:
        with self.guard:
            slot.users -= 1
            idle = [key for key, one in self.slots.items() if one.users == 0]
            for key in idle[: max(len(self.slots) - LIMIT, 0)]:
                self.slots.pop(key).close()

    def close(self, path: Path | None = None) -> None:
        with self.guard:
            keys = [key for key, slot in self.slots.items() if slot.users == 0 and (path is None or _is_in(key[0], path))]
            for key in keys:
                self.slots.pop(key).close()


def _is_in(file: Path, path: Path) -> bool:
    """Whether a file is at a path or below it; compared as text, because thousands of outputs ask."""
    one, other = os.fspath(file), os.fspath(path)
    return one.startswith(other) and (len(one) == len(other) or other.endswith(os.sep) or one[len(other)] == os.sep)


_handles = _Handles()
_inherited: list[_Handles] = []


@contextmanager
def opened(source: Source, opener: Callable[[Path], Handle], *detail: str) -> Iterator[Handle]:
    """Have the open file of a source, alone.

    Parameters
    ----------
    source
        The file, as it was when it was first looked at.
    opener
        Opens it, if it is not open already; raises what it wants to raise.
    detail
        What else tells two openings of one file apart, as text.

    Raises
    ------
    SourceChanged
        The file is not what it was.
    """
    key = (source.path.absolute(), source.stamp, opener.__module__, opener.__qualname__, *detail)
    slot = _handles.take(key)
    try:
        with slot.lock:
            try:
                source.check()
            except SourceChanged:
                slot.close()
                raise
            if slot.handle is None:
                slot.handle = opener(source.path)
            yield cast(Handle, slot.handle)
    finally:
        _handles.give_back(slot)


def close_all() -> None:
    """Close every file that nobody is reading."""
    _handles.close()


def close(path: Path) -> None:
    """Close one file, or all files in a folder, if nobody is reading them (Windows cannot replace an open file)."""
    _handles.close(path.absolute())


def open_count() -> int:
    """Number of files that are open."""
    return sum(slot.handle is not None for slot in _handles.slots.values())


def _start_anew() -> None:
    """In the child of a fork: forget, without closing, what belongs to the parent (locks may be held by threads that are gone)."""
    global _handles
    _inherited.append(_handles)
    _handles = _Handles()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
