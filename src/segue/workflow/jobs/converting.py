"""Conversions as work of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from segue.workflow.convert import Item, Result, Settings, convert_item
from segue.workflow.jobs.batch import run_items
from segue.workflow.jobs.carry import carry
from segue.workflow.jobs.item import Done, Work
from segue.workflow.jobs.running import Running
from segue.workflow.plan import Plan, plan
from segue.workflow.recipe import ConvertRecipe


def run(planned: Plan[Item], settings: Settings) -> Iterator[Done[Item]]:
    """Convert the items of a plan one by one, without a record.

    Raises
    ------
    SegueError
        The first error, where the plan is of one file. In a batch a failed item is yielded with its error and the next one is converted.
    """
    return run_items(planned.items, converting(settings), batch=planned.batch, overwrite=settings.overwrite)


def carry_convert(recipe: ConvertRecipe, running: Running) -> tuple[Plan[Item], list[Done[Item]]]:
    """Convert everything that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
    """
    planned = plan(recipe.inputs, recipe.output, recipe.to, recipe.image, recipe.labels, recipe.table, from_=recipe.from_)
    workers, _ = running.team(len(planned.items))
    work = converting(recipe.settings(dry_run=running.dry_run, overwrite=running.overwrite))
    return planned, carry(planned, work, recipe, running, workers)


def converting(settings: Settings) -> Work[Item]:
    """The work of a conversion."""
    return partial(_convert, settings=settings)


def _convert(item: Item, overwrite: bool, *, settings: Settings) -> Result:  # noqa: FBT001  # as every work
    return convert_item(item, replace(settings, overwrite=overwrite))
