"""Hidden names of unfinished outputs, and what killed runs left behind.

``.segue-part-HOST-PROCESS-n-KEY~NAME``: KEY is a hash of the target's name (which may have to be cut to fit), so the leftovers of one target are
found without guessing; NAME ends like the target, so that tools which look at suffixes can read the unfinished file.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from segue.storage.names import LONGEST

PART = ".segue-part"
OLD = ".segue-old"
FOREIGN_SECONDS = 24 * 3600
"""Age at which the leftover of another computer counts as abandoned: its processes cannot be asked."""

_numbers = itertools.count()
_mine: dict[str, Path] = {}


def hidden_beside(target: Path, kind: str = PART) -> Path:
    """A new hidden name in the target's folder."""
    name = f"{kind}-{_host()}-{os.getpid()}-{next(_numbers)}-{_key(target)}~{_tail(target.name)}"
    _mine[name] = target.with_name(name)
    return _mine[name]


def forget(hidden: Path) -> None:
    """This process has finished with a hidden name."""
    _mine.pop(hidden.name, None)


def remove_mine() -> None:
    """Delete everything unfinished of this process, which is about to end without waiting for its threads."""
    for path in list(_mine.values()):
        if path.name.startswith(f"{PART}-"):
            remove(path)


def remove(path: Path) -> None:
    """Delete a file or folder of ours if it is there; what cannot be deleted stays."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def clean(target: Path) -> None:
    """Undo what killed runs left beside a target: unfinished outputs go, a target that was moved aside comes back."""
    for path in list(_abandoned(target, OLD)):
        if target.exists():
            remove(path)
        else:
            with suppress(OSError):
                path.rename(target)
    for path in list(_abandoned(target, PART)):
        remove(path)


def _abandoned(target: Path, kind: str) -> Iterator[Path]:
    with suppress(OSError):
        for path in target.parent.iterdir():
            if path.name.startswith(f"{kind}-") and f"-{_key(target)}~" in path.name and not _in_use(path):
                yield path


def _in_use(path: Path) -> bool:
    host, process, *_ = [*path.name.split("-")[2:], "", ""]
    if path.name in _mine:
        return True
    if host == _host() and process.isdigit() and os.name == "posix":
        return int(process) != os.getpid() and _alive(int(process))
    try:
        return time.time() - path.stat().st_mtime < FOREIGN_SECONDS
    except OSError:
        return False


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _key(target: Path) -> str:
    return hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]


def _tail(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[-(LONGEST - 60) :])
