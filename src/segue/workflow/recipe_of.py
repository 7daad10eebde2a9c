"""How a result was made: the recipe that lies beside it or inside it; and what differs between two recipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from segue.errors import InvalidRecipe, SegueError
from segue.formats.detect import candidates
from segue.storage.source import Source
from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs import manifest
from segue.workflow.jobs.entry import place
from segue.workflow.jobs.places import read_placed
from segue.workflow.jobs.with_recipe import ENDING
from segue.workflow.recipe import Recipe, parse_recipe, read_recipe


def recipe_file(path: Path) -> Recipe | None:
    """The recipe that a file is; None = it is something else."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        return read_recipe(path)
    except InvalidRecipe:
        return None


def recipe_of(path: Path) -> Recipe | None:
    """The recipe with which a result was made; None = nothing says it.

    Looked for in this order: the file is a recipe; a file of its name and ``.recipe.json`` lies beside it; it is a study, whose history says it; the record
    of a batch lies beside it.
    """
    return next((found for found in _found(path) if found is not None), None)


def _found(path: Path) -> Iterator[Recipe | None]:
    yield recipe_file(path)
    yield recipe_file(path.with_name(path.name + ENDING))
    yield _of_history(path)
    yield _of_record(path.absolute())


def _of_record(path: Path) -> Recipe | None:
    """The recipe of the batch that wrote the file: templates may spread outputs over folders below the record."""
    for home in path.parents:
        record = home / FOLDER / "recipe.json"
        if recipe_file(record) is not None and _wrote(home, path):
            return read_placed(record)
    return None


def _wrote(home: Path, path: Path) -> bool:
    """Whether the record in a folder names the file."""
    entries = manifest.read(home / FOLDER / manifest.NAME).values()
    return place(path, home) in {one for entry in entries for one in (*entry.targets, *(written.path for written in entry.outputs))}


def _of_history(path: Path) -> Recipe | None:
    """The recipe of the latest event that has one."""
    if not path.is_dir():
        return None
    try:
        with candidates(Source(path))[0].format.read(Source(path))[0] as study:
            events = [event for s in study.image_sets for event in s.history]
    except (SegueError, LookupError):
        return None
    for event in reversed(events):
        try:
            return parse_recipe(event.recipe.encode(), path)
        except InvalidRecipe:
            continue
    return None


def changed_settings(a: Recipe, b: Recipe, *, places: bool = False) -> dict[str, tuple[Any, Any]]:
    """Settings that differ: name -> (in A, in B). Where files lie counts only with ``places``."""
    one, other = (_settings(recipe, places=places) for recipe in (a, b))
    return {name: (one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)}


def _settings(recipe: Recipe, *, places: bool) -> dict[str, Any]:
    body = orjson.loads(recipe.model_dump_json(by_alias=True))
    left_out = () if places else (*recipe.PLACES, *({"from_": "from"}.get(name, name) for name in recipe.PLACES))
    return dict(_flat({name: value for name, value in body.items() if name not in left_out}, ""))


def _flat(body: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
