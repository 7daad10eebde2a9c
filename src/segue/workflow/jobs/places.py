"""The recipe of a job: what of it are settings, and what are places."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import orjson

from segue.workflow.job_folder import FOLDER
from segue.workflow.recipe import Recipe, read_recipe


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """What decides about the content of outputs: the recipe without the places of files, and without what changes nothing in them."""
    places = {*getattr(type(recipe), "PLACES", ()), "verify"}
    return {"task": recipe.task, **recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=places)}


def settings_digest(recipe: Recipe) -> str:
    """A short name for the settings."""
    return hashlib.sha256(orjson.dumps(settings_of(recipe), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def seen_from(recipe: Recipe, here: Path, there: Path) -> Recipe:
    """The recipe with its places, which are relative to ``here``, relative to ``there``: the same from every folder of every computer.

    Patterns and templates are moved like paths; a template that begins with a placeholder has no place.
    """
    here, there = here.absolute(), there.absolute()
    moved = {name: _moved(getattr(recipe, name), here, there, named=name == "labels") for name in getattr(type(recipe), "PLACES", ())}
    return recipe.model_copy(update=moved)


def read_placed(path: Path) -> Recipe:
    """A saved recipe; that of a job (its file, or the folder of the record) with its places seen from here.

    Raises
    ------
    InvalidRecipe
        See ``read_recipe``.
    """
    file = path / "recipe.json" if path.is_dir() else path
    recipe = read_recipe(file)
    home = file.absolute().parent
    return seen_from(recipe, home.parent, Path.cwd()) if home.name == FOLDER else recipe


def _moved(value: Any, here: Path, there: Path, *, named: bool) -> Any:
    if isinstance(value, tuple):
        return tuple(_moved(one, here, there, named=named) for one in value)
    if not isinstance(value, str):
        return value
    name, equals, path = value.partition("=") if named else ("", "", value)
    if named and not equals:
        name, path = "", value
    if path.startswith("{"):
        return value
    try:
        place = Path(os.path.relpath(here / path, there)).as_posix()
    except ValueError:  # another drive
        return value
    return f"{name}{equals}{place}{'/' if path.endswith(('/', os.sep)) else ''}"
