"""The files of a job's record: a manifest that grows line by line, and small files that are replaced as a whole."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from segue.storage import leftovers
from segue.storage.fault import sink_error
from segue.storage.sink import FileSink
from segue.workflow.jobs.entry import Entry, from_line, to_line

NAME = "manifest.jsonl"


def read(path: Path) -> dict[str, Entry]:
    """The entries by their first target; a later one replaces an earlier one. A line that is not whole (a crash, a full disk) is passed over."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise sink_error(path, error) from error
    entries = (from_line(line) for line in data.split(b"\n") if line)
    return {entry.targets[0]: entry for entry in entries if entry is not None}


def append(path: Path, entry: Entry) -> None:
    """Add an entry; it is on the disk when this returns, or not at all.

    Raises
    ------
    SinkError
        It cannot be written; the file is as it was.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise sink_error(path, error) from error
    try:
        end = _whole(file)
        try:
            _write(file, to_line(entry))
            os.fsync(file)
        except OSError as error:
            os.ftruncate(file, end)
            raise sink_error(path, error) from error
    finally:
        os.close(file)


def rewrite(path: Path, entries: Sequence[Entry]) -> None:
    """Replace the manifest; without entries there is none."""
    if entries:
        put(path, b"".join(map(to_line, entries)))
    else:
        remove(path)


def put(path: Path, data: bytes) -> None:
    """Write a file as a whole, unless it is so already.

    Raises
    ------
    SinkError
    """
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass
    with FileSink(path, overwrite=True) as sink:
        with sink.open() as file:
            file.write(data)
        sink.keep()


def remove(path: Path) -> None:
    """Delete what is there."""
    leftovers.remove(path)


def _whole(file: int) -> int:
    """Go to the end of the last whole line, and cut off what is behind it; returns where that is."""
    end = os.lseek(file, 0, os.SEEK_END)
    if end and _read(file, end - 1, 1) != b"\n":
        end = _read(file, 0, end).rfind(b"\n") + 1
        os.ftruncate(file, end)
    return os.lseek(file, end, os.SEEK_SET)


def _read(file: int, start: int, count: int) -> bytes:
    os.lseek(file, start, os.SEEK_SET)
    return os.read(file, count)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
