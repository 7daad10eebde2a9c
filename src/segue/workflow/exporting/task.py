"""From the recipe of an export to the work that is done to each item."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segue.workflow.exporting.item import export_item

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.exporting.choice import Exporting
    from segue.workflow.exporting.item import ExportItem, Tick
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.jobs.running import Running
    from segue.workflow.plan import Plan
    from segue.workflow.recipe_export import ExportRecipe


def exporting(how: Exporting, workers: Workers | None = None, *, dry_run: bool = False, tick: Tick | None = None) -> Work[ExportItem]:
    """The work of an export; ``tick`` is for a single item that is done here."""
    return partial(export_item, how=how, workers=workers, dry_run=dry_run, tick=tick)


def carry_export(recipe: ExportRecipe, running: Running) -> tuple[Plan[ExportItem], list[Done[ExportItem]]]:
    """Export everything that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
        Before anything is computed: with every problem that there is.
    """
    from segue.workflow.exporting.choice import exporting_of
    from segue.workflow.exporting.plan import plan_export
    from segue.workflow.jobs.carry import carry

    planned = plan_export(recipe, overwrite=running.overwrite, resume=running.resume)
    planned.refuse()
    plan = planned.plan
    outer, inner = running.team(len(plan.items))
    return plan, carry(plan, exporting(exporting_of(recipe), inner, dry_run=running.dry_run), recipe, running, outer)
