"""Whether the outputs fit on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from segue.errors import SinkError
from segue.formats.options import Options


def is_packed(options: Options, *, planes: bool) -> bool:
    """Whether pixels are compressed, so that nobody knows how large they become."""
    given = getattr(options, "compression", "unknown" if planes else None)
    return given not in (None, "none", "raw", "", 0, False)


def too_small(outputs: Iterable[tuple[Path, int]], *, packed: bool) -> tuple[list[SinkError], list[str]]:
    """Disks on which outputs do not fit: errors; or, where the outputs are compressed, sentences.

    Parameters
    ----------
    outputs
        (path, bytes of the pixels).
    packed
        Whether they are compressed.
    """
    needed: dict[int, tuple[Path, int]] = {}
    for path, size in outputs:
        home = next((one for one in path.absolute().parents if one.exists()), None)
        if home is not None:
            with suppress(OSError):
                disk = home.stat().st_dev
                needed[disk] = home, needed.get(disk, (home, 0))[1] + size
    errors, said = [], []
    for home, size in needed.values():
        with suppress(OSError):
            free = shutil.disk_usage(home).free
            if size > free and packed:
                said.append(f"the disk of {home} has {_text(free)} left, and the pixels are {_text(size)} before they are compressed")
            elif size > free:
                errors.append(SinkError(f"the disk of {home} has {_text(free)} left, and the outputs need {_text(size)}; choose another disk", path=home))
    return errors, said


def _text(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"
