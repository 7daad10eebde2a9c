"""Doing what a recipe says, whatever its task: what ``segue.run`` and ``segue run`` call."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from segue.errors import NotFound, UsageError
from segue.workflow.jobs.item import Done, Named
from segue.workflow.jobs.places import read_placed
from segue.workflow.jobs.running import Running
from segue.workflow.pairing import Pair
from segue.workflow.plan import Plan
from segue.workflow.recipe import VERSION, Recipe, parse_recipe

CARRIERS = {
    "convert": "segue.workflow.jobs.converting:carry_convert",
    "export": "segue.workflow.exporting.task:carry_export",
    "measure": "segue.workflow.measuring.task:carry_measure",
    "render": "segue.workflow.rendering.task:carry_render",
    "segment": "segue.workflow.segmenting.task:carry_segment",
    "select": "segue.workflow.selections.task:carry_select",
}
"""Task -> function (recipe, Running) -> (plan, what became of its items)."""
IN_PLACE = {
    "edit": "segue.workflow.in_place:edit",
    "merge": "segue.workflow.in_place:merge",
}
"""Task that changes one result -> function (recipe, Running) -> what became of it."""


def run(
    recipe: Path | str | Mapping[str, Any],
    *,
    overwrite: bool = False,
    resume: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    dry_run: bool = False,
    with_recipe: bool = False,
) -> list[Done[Any]]:
    """Do what a recipe says, byte for byte as before; see ``segue run --help``.

    Parameters
    ----------
    recipe
        A saved recipe, the record of a batch (a folder ``segue-job``), or the recipe itself: ``{"task": "convert", "inputs": [...], ...}``.
    overwrite
        Whether outputs that exist may be replaced.
    resume
        Whether what an earlier run did is left alone.
    workers, scheduler
        How many items are worked on at once, or the address of a Dask scheduler. The outputs do not depend on it.
    dry_run
        Do everything but write.
    with_recipe
        Whether each output gets a file beside it with the recipe that makes it again.

    Returns
    -------
    What became of each item: ``item``, and ``result`` or ``error``.

    Raises
    ------
    segue.SegueError
        The recipe cannot be understood; or, where the output is one file, it cannot be made.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers={workers}: give a number from 1")
    return run_recipe(_recipe(recipe), Running(workers, scheduler, resume, dry_run, overwrite, with_recipe))


def run_recipe(recipe: Recipe, running: Running) -> list[Done[Any]]:
    """Do what a recipe says.

    Raises
    ------
    SegueError
    """
    module, _, name = {**CARRIERS, **IN_PLACE}[recipe.task].partition(":")
    carry = getattr(import_module(module), name)
    if recipe.task in IN_PLACE:
        return [carry(recipe, running)]
    carried: tuple[Plan[Any], list[Done[Any]]] = carry(recipe, running)
    plan, done = carried
    return done + [_missing(len(plan.items) + nth, pair) for nth, pair in enumerate(plan.missing)]


def _recipe(given: Path | str | Mapping[str, Any]) -> Recipe:
    if isinstance(given, Mapping):
        return parse_recipe(orjson.dumps({"segue": VERSION, **given}, default=str), "the recipe")
    return read_placed(Path(given))


def _missing(number: int, pair: Pair) -> Done[Named]:
    """A file without its partner, as a failed item."""
    inputs = tuple(path for path in (pair.image, pair.source) if path is not None)
    return Done(number, Named(pair.name, inputs), error=NotFound(f"{pair.name}: {pair.missing}", name=pair.name))
