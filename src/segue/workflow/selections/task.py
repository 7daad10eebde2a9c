"""From the recipe of a selection to the work that is done to each item."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segue.workflow.selections.choice import choice_of
from segue.workflow.selections.item import SelectItem, SelectTask, select_item

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.jobs.running import Running
    from segue.workflow.plan import Plan
    from segue.workflow.recipe_select import SelectRecipe


def task_of(recipe: SelectRecipe, *, dry_run: bool = False) -> SelectTask:
    """How items are selected in.

    Raises
    ------
    UsageError
        Nothing is asked for, or several things at once.
    """
    return SelectTask(
        choice_of(recipe),
        recipe.refresh,
        recipe.image_sets,
        recipe.from_,
        recipe.to,
        recipe.options,
        strict=recipe.strict,
        verify=recipe.verify,
        dry_run=dry_run,
        said=recipe.plain(),
    )


def selecting(task: SelectTask, workers: Workers | None = None) -> Work[SelectItem]:
    """The work of a selection."""
    return partial(select_item, task=task, workers=workers)


def carry_select(recipe: SelectRecipe, running: Running) -> tuple[Plan[SelectItem], list[Done[SelectItem]]]:
    """Select in everything that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
    """
    from segue.workflow.jobs.carry import carry
    from segue.workflow.selections.plan import plan_select

    task = task_of(recipe, dry_run=running.dry_run)
    plan = plan_select(recipe)
    outer, inner = running.team(len(plan.items))
    return plan, carry(plan, selecting(task, inner), recipe, running, outer)
