"""Paths as a recipe holds them: seen from the folder where segue runs, never from the root of one computer."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any


def relative_places(body: Mapping[str, Any], places: Collection[str]) -> dict[str, Any]:
    """A recipe as plain data with absolute paths made relative to the current folder; on another drive they stay.

    Parameters
    ----------
    body
        The recipe.
    places
        Its members that are paths, patterns or templates, or lists of these; ``NAME=PATH`` has a path behind the sign.
    """
    return {name: _relative(value) if name in places else value for name, value in body.items()}


def _relative(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_relative(one) for one in value]
    if not isinstance(value, str):
        return value
    name, equals, path = value.partition("=")
    if not equals or not Path(path).is_absolute():
        name, equals, path = "", "", value
    if not Path(path).is_absolute():
        return value
    try:
        place = Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return value
    return f"{name}{equals}{place}{'/' if path.endswith(('/', os.sep)) else ''}"
