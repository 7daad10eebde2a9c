"""What Cellpose keeps beside the masks (settings, manual changes, the image's name): one JSON text in the extras of the image set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from segue.codecs.pickle_json import NotPlain, from_json, to_json
from segue.formats.cellpose.spec import FORMAT
from segue.model.study import EXTRAS
from segue.notes import Kind, Note, Notes

PICTURES = ("flows", "img", "img_restore")
"""Arrays of the network and pictures: not results, and Cellpose makes them again."""
READ = ("masks", "outlines", "colors", "segue", *PICTURES)
_PATHS = ("filename", "model_path")
"""Keys of which only the last part of the path is kept."""


def read_settings(value: Mapping[str, Any], data: memoryview) -> tuple[dict[str, Any], Notes]:
    """The settings as JSON has them, in the order of the file, and what was left out."""
    notes: list[Note] = []
    found: dict[str, Any] = {}
    for key, one in value.items():
        if key in READ:
            continue
        if not isinstance(key, str):
            notes.append(Note(Kind.SKIPPED, "{count setting} whose name is no text"))
            continue
        if key in _PATHS and isinstance(one, str):
            short = one.replace("\\", "/").rsplit("/", 1)[-1]
            if short != one:
                notes.append(Note(Kind.SKIPPED, f"the folder in {key}, which may tell a user's name; the file name is kept"))
            one = short
        try:
            found[key] = to_json(one, data)
        except NotPlain as error:
            notes.append(Note(Kind.SKIPPED, f"the setting {key[:40]}: {error}"))
    left = [key for key in PICTURES if _holds_something(value.get(key))]
    if left:
        notes.append(Note(Kind.SKIPPED, f"arrays that Cellpose makes again from the image ({', '.join(left)})", count=len(left)))
    return found, Notes(tuple(notes))


def _holds_something(value: Any) -> bool:
    return len(value) > 0 if isinstance(value, list | tuple) else value is not None


def as_extras(settings: Mapping[str, Any]) -> pl.DataFrame:
    if not settings:
        return pl.DataFrame(schema=EXTRAS)
    return pl.DataFrame([(FORMAT.name, "image set", "", json.dumps(settings, allow_nan=False))], schema=EXTRAS, orient="row")


def fitted(extras: pl.DataFrame, image: str | None) -> pl.DataFrame:
    """The extras as they will be read back: one row of this format; ``image`` replaces the name of the image."""
    return as_extras({**stated(extras), **({"filename": image.replace("\\", "/").rsplit("/", 1)[-1]} if image else {})})


def stated(extras: pl.DataFrame) -> dict[str, Any]:
    """The settings in the extras; what Cellpose could not have written is left out."""
    own = extras.filter((pl.col("format") == FORMAT.name) & (pl.col("entity") == "image set"))
    found: dict[str, Any] = {}
    for text in own["payload"].drop_nulls():
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(payload, dict):
            found |= {key: checked for key, one in payload.items() if key not in READ and (checked := _checked(key, one)) is not _NOT}
    return found


_NOT = object()


def _checked(key: str, value: Any) -> Any:
    try:
        checked = to_json(from_json(value))
        key.encode()
    except (NotPlain, RecursionError, UnicodeError):
        return _NOT
    return checked.replace("\\", "/").rsplit("/", 1)[-1] if key in _PATHS and isinstance(checked, str) else checked


def values(extras: pl.DataFrame) -> dict[str, Any]:
    """The settings as Python values, to be written."""
    return {key: from_json(one) for key, one in stated(extras).items()}
