"""The folder of the demo: a new one, or one that an earlier demo made."""

from __future__ import annotations

from pathlib import Path

from segue.errors import UsageError
from segue.storage.sink import FileSink

MARK = "this-is-a-segue-demo.txt"


def claim(folder: Path) -> Path:
    """Make the folder, or take over the one of an earlier demo.

    Raises
    ------
    UsageError
        The folder holds other things.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the demo", path=folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageError(f"{folder} holds other files, which the demo might replace; name a new folder", path=folder)
    with FileSink(folder / MARK, overwrite=True) as sink:
        with sink.open() as file:
            file.write(b"Everything in this folder was made by `segue demo` and is replaced when it runs again.\n")
        sink.keep()
    return folder
