"""Files as a job remembers them: enough to see whether they are still the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from segue.errors import NotFound
from segue.storage.lock import NAME as LOCK
from segue.storage.source import file_of, unreadable

WHOLE = 64 << 20
"""Inputs of up to this many bytes are compared by content. Of a larger one only the time of its last change is looked at: an export that
needs a small part of a large volume must not read all of it."""


class Read(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input, as it was before it was read."""

    path: str
    size: int
    sha256: str = ""
    changed: int = 0
    """Time of the last change in nanoseconds, where there is no checksum."""


class Inside(msgspec.Struct, frozen=True, array_like=True):
    """A file of a folder that was written."""

    path: str
    size: int
    sha256: str


class Written(msgspec.Struct, frozen=True, omit_defaults=True):
    """An output. A folder is the files in it, so that what somebody added or changed there can be told apart."""

    path: str
    size: int
    sha256: str = ""
    files: tuple[Inside, ...] | None = None


def look_at_input(path: Path, name: str, outputs: Collection[Path] = ()) -> Read:
    """An input as it is now. Of a folder, what lies in it below ``outputs`` does not count: a batch may write into the folder that it reads.

    Raises
    ------
    NotFound
        It is not there, or cannot be read.
    """
    try:
        path = file_of(path)
        if not path.exists():
            raise NotFound(f"{path} does not exist", path=path)
        return _folder(path, name, outputs) if path.is_dir() else _file(path, name)
    except OSError as error:
        raise unreadable(path, error) from error


def look_at_output(path: Path, name: str) -> Written | None:
    """An output as it is now; None = it is not there.

    Raises
    ------
    NotFound
        It cannot be read.
    """
    if not os.path.lexists(path):
        return None
    try:
        if not path.is_dir():
            return Written(name, path.stat().st_size, _sha256(path))
        files = tuple(Inside(inside, one.stat().st_size, _sha256(one)) for inside, one in _files(path))
    except OSError as error:
        raise unreadable(path, error) from error
    return Written(name, sum(one.size for one in files), files=files)


def still_there(path: Path, written: Written) -> bool | None:
    """Whether an output is as it was written; None = it is gone. Sizes are compared before contents."""
    if not os.path.lexists(path):
        return None
    if path.is_dir() != (written.files is not None):
        return False
    try:
        if written.files is None:
            return path.stat().st_size == written.size and _sha256(path) == written.sha256
        if {inside: one.stat().st_size for inside, one in _files(path)} != {one.path: one.size for one in written.files}:
            return False
        return all(_sha256(path / one.path) == one.sha256 for one in written.files)
    except OSError as error:
        raise unreadable(path, error) from error


def _file(path: Path, name: str) -> Read:
    state = path.stat()
    return Read(name, state.st_size, changed=state.st_mtime_ns) if state.st_size > WHOLE else Read(name, state.st_size, _sha256(path))


def _folder(path: Path, name: str, outputs: Collection[Path]) -> Read:
    home = path.resolve()
    written = {one for one in (output.resolve() for output in outputs) if home in one.parents}
    files = {inside: (file, file.stat()) for inside, file in _files(home) if not written & {file, *file.parents}}
    size = sum(state.st_size for _, state in files.values())
    if size > WHOLE:
        return Read(name, size, changed=max(state.st_mtime_ns for _, state in files.values()))
    digest = hashlib.sha256()
    for inside, (file, _) in files.items():
        digest.update(f"{inside}\n{_sha256(file)}\n".encode(errors="surrogateescape"))
    return Read(name, size, digest.hexdigest())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files below a folder in the order of their names, except the lock that writers leave: the name inside the folder, and the path."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != LOCK:
            yield file.relative_to(folder).as_posix(), file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
