"""Put a finished output in the place of an older one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from segue.storage import leftovers

FEW_FILES = 64
"""Up to this many files are brought to the disk one by one."""


def put_file(part: Path, target: Path) -> None:
    """Rename a finished file into place: at any moment the target is the old file or the new one."""
    with suppress(FileNotFoundError):
        part.chmod(target.stat().st_mode & 0o7777)
    part.replace(target)


def put_folder(part: Path, target: Path) -> None:
    """Rename a finished folder into place.

    Where the system can exchange two folders in one step (Linux, macOS), the target is at any moment the old folder or the new one. Else
    it is moved aside first, and a run that is killed in between is put right by the next one (`leftovers.clean`).
    """
    if not target.exists():
        part.rename(target)
    elif exchange(part, target):
        leftovers.remove(part)
    else:
        aside = leftovers.hidden_beside(target, leftovers.OLD)
        target.rename(aside)
        try:
            part.rename(target)
        except OSError:
            aside.rename(target)
            raise
        leftovers.remove(aside)
        leftovers.forget(aside)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system or the disk cannot."""
    function, arguments = _exchanger(os.fsencode(one), os.fsencode(other))
    if function is None:
        return False
    if function(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _exchanger(one: bytes, other: bytes) -> tuple[Callable[..., int] | None, tuple[object, ...]]:
    here, exchange_flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE (linux/fs.h) and RENAME_SWAP (macOS sys/stdio.h)
    with suppress(OSError, AttributeError):
        if sys.platform == "linux":
            return ctypes.CDLL(None, use_errno=True).renameat2, (here, one, here, other, exchange_flag)
        if sys.platform == "darwin":
            return ctypes.CDLL(None, use_errno=True).renamex_np, (one, other, exchange_flag)
    return None, ()


def to_disk(path: Path) -> None:
    """Wait until a file, or a folder with all it holds, is on the disk; a file system that cannot say so is believed."""
    all_to_disk([path])


def all_to_disk(paths: Sequence[Path]) -> None:
    """As `to_disk`, of several files and folders."""
    every = [one for path in paths if path.is_dir() and path.name.startswith(leftovers.PART) for one in path.rglob("*")]
    every += paths
    if len(every) > FEW_FILES + 1 and hasattr(os, "sync"):
        os.sync()
        return
    for one in every:
        _sync(one)


def begin(file: int) -> None:
    """Let the system begin to put an open file on the disk, so that waiting for it later takes less; it need not."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def _sync(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return
    try:
        file = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    except OSError:
        return
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno in {errno.EIO, errno.ENOSPC, errno.EDQUOT}:
            raise
    finally:
        os.close(file)
