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
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from segue.storage.names import LONGEST

PART = ".segue-part"
OLD = ".segue-old"
FOREIGN_SECONDS = 24 * 3600
"""Age at which the leftover of another computer counts as abandoned: its processes cannot be asked."""

MANY = 1000
"""Names in a folder from which on what was seen in it is remembered for a moment."""

_seen: dict[Path, tuple[float, list[str]]] = {}
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


def clean(*targets: Path) -> None:
    """Undo what killed runs left beside targets: unfinished outputs go, a target that was moved aside comes back."""
    places = {(target.parent, _key(target)): target for target in targets}
    dead = [path for path in _beside(targets) if not _in_use(path)]
    for path in dead:
        target = places[path.parent, _key_in(path.name)]
        if path.name.startswith(f"{PART}-") or target.exists():
            remove(path)
        else:
            with suppress(OSError):
                path.rename(target)


def abandoned(targets: Iterable[Path]) -> list[Path]:
    """Unfinished outputs of killed runs beside any of the targets."""
    return sorted(path for path in _beside(targets) if path.name.startswith(f"{PART}-") and not _in_use(path))


def _beside(targets: Iterable[Path]) -> list[Path]:
    """Hidden names of other processes for these targets, those of targets that were moved aside first; each folder is looked through once."""
    keys: dict[Path, set[str]] = {}
    for target in targets:
        keys.setdefault(target.parent, set()).add(_key(target))
    names = ((folder, name) for folder in sorted(keys) for name in _hidden(folder))
    return [folder / name for folder, name in names if _key_in(name) in keys[folder]]


def _hidden(folder: Path) -> list[str]:
    """Our kinds of hidden names in a folder, but for those of this process.

    Of a folder with many files it is remembered for a moment, so that writing 10,000 files into it does not list 10,000 names 10,000 times.
    """
    begun, (until, names) = time.monotonic(), _seen.get(folder, (0.0, []))
    if begun < until:
        return names
    count, names = 0, []
    with suppress(OSError), os.scandir(folder) as entries:
        for count, one in enumerate(entries, 1):  # noqa: B007  # counted
            if one.name.startswith((f"{OLD}-", f"{PART}-")) and one.name not in _mine:
                names.append(one.name)
    names.sort()
    _seen.pop(folder, None)
    if count > MANY:
        now = time.monotonic()
        _seen[folder] = (now + 20 * (now - begun), names)
    return names


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


@cache
def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _key(target: Path) -> str:
    return hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]


def _key_in(hidden: str) -> str:
    """The key of the target in a hidden name."""
    return hidden.partition("~")[0].rpartition("-")[2]


def _tail(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[-(LONGEST - 60) :])
