"""One writer at a time in a folder."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segue.errors import SinkError
from segue.storage.fault import sink_error

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

NAME = ".segue-lock"


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write in a folder.

    The operating system holds the lock, so it ends with the process, however that ends. A file system without locks gives none.

    Raises
    ------
    SinkError
        Another process (or another part of this one) holds it, or the folder cannot be written.
    """
    try:
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise sink_error(folder, error) from error
    try:
        _take(file, folder)
        with suppress(OSError):  # on a full disk the lock holds all the same, it only does not say whose it is
            os.ftruncate(file, 0)
            os.write(file, str(os.getpid()).encode())
        yield
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def _take(file: int, folder: Path) -> None:
    try:
        _lock(file)
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS}:
            return
        holder = os.read(file, 20).decode(errors="replace").strip()
        process = f" (process {holder})" if holder.isdigit() else ""
        raise SinkError(f"{folder} is being written by another segue{process}; wait until it has finished or close it", path=folder) from error


if "fcntl" in globals():

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

else:

    def _lock(file: int) -> None:
        # far behind the text, so that others can still read who holds it
        os.lseek(file, 1 << 30, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        os.lseek(file, 0, os.SEEK_SET)
