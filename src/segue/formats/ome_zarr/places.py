"""Places inside a group."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from segue.errors import Malformed


def inside(root: Path, path: str) -> Path:
    """A place in a group that its metadata name.

    Raises
    ------
    Malformed
        It leads out of the group.
    """
    parts = PurePosixPath(path.replace("\\", "/"))
    if not path or parts.is_absolute() or ".." in parts.parts or "\0" in path or ":" in path:
        raise Malformed(f"{root} is damaged: {path[:60]!r} is no place inside it", path=root, expected="a path inside the group")
    return root.joinpath(*parts.parts)
