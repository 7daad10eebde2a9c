"""Pixels that stay in the file they came from: what is written down so that they are found again.

Pixels on disk are small frozen dataclasses (a source, a place in it). The study keeps the class's name and its fields; files are
named relative to the folder that the study stands in.
"""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import Malformed
from segue.model.image import Pixels
from segue.storage.source import Source

_PACKAGES = ("segue.codecs.", "segue.formats.", "segue.storage.")
"""Where classes of pixels may come from: a study never names other code."""
_CLASS, _FILE, _TYPE = "$class", "$file", "$type"


class _Unnamed(Exception):
    """These pixels cannot be written down."""


def reference_to(pixels: Pixels, home: Path) -> dict[str, Any] | None:
    """Plain data from which the pixels can be found again, or None: then they have to be copied.

    Parameters
    ----------
    pixels
        Any pixels.
    home
        Where the study will stand. Pixels in the study that is being replaced are not referred to.
    """
    try:
        found = _plain(pixels, home)
    except _Unnamed:
        return None
    return found if isinstance(found, dict) and _CLASS in found else None


def pixels_of(reference: dict[str, Any], home: Path) -> Pixels:
    """The pixels that a reference names; their file is there and unchanged.

    Raises
    ------
    NotFound, SourceChanged
        The file was moved or changed.
    Malformed
        The reference makes no sense.
    """
    try:
        found = _value(reference, home)
    except (ValueError, TypeError, AttributeError, KeyError, ImportError, RecursionError, OverflowError) as error:
        raise _senseless(home) from error
    if not isinstance(found, Pixels):
        raise _senseless(home)
    return found


def _senseless(home: Path) -> Malformed:
    return Malformed(f"{home}: study.json refers to pixels in a way that segue does not understand; take it from a backup", path=home)


def _plain(value: Any, home: Path) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Source):
        return {_FILE: _relative(value.path, home), "size": value.size, "mtime_ns": value.mtime_ns}
    if isinstance(value, np.dtype):
        return {_TYPE: value.str}
    if isinstance(value, tuple):
        return [_plain(item, home) for item in value]
    if is_dataclass(value) and type(value).__module__.startswith(_PACKAGES):
        inside = {field.name: _plain(getattr(value, field.name), home) for field in fields(value)}
        return {_CLASS: f"{type(value).__module__}:{type(value).__qualname__}", **inside}
    raise _Unnamed


def _relative(path: Path, home: Path) -> str:
    full = path.resolve()
    if full.is_relative_to(home.resolve()):
        raise _Unnamed
    try:
        return Path(os.path.relpath(full, home.parent.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return full.as_posix()


def _value(plain: Any, home: Path) -> Any:
    if isinstance(plain, list):
        return tuple(_value(item, home) for item in plain)
    if not isinstance(plain, dict):
        return plain
    if _FILE in plain:
        source = Source(home.parent.resolve() / plain[_FILE], int(plain["size"]), int(plain["mtime_ns"]))
        source.check()
        return source
    if _TYPE in plain:
        return np.dtype(plain[_TYPE])
    values = {name: _value(item, home) for name, item in plain.items() if name != _CLASS}
    return _class(plain[_CLASS])(**values)


def _class(name: str) -> Any:
    module, _, qualname = name.partition(":")
    if not module.startswith(_PACKAGES):
        raise ValueError(f"{name} is not of segue")
    found = getattr(import_module(module), qualname)
    if not (isinstance(found, type) and is_dataclass(found)):
        raise ValueError(f"{name} is no record")
    return found
