"""Carrying out a plan: its record, its workers, its recipes; the command line and Python do the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from segue.tasks.workers import Workers
from segue.workflow.jobs.batch import ONE_BY_ONE, run_items
from segue.workflow.jobs.item import Done, I, Work
from segue.workflow.jobs.record import Job, keep_record
from segue.workflow.jobs.running import Running
from segue.workflow.jobs.with_recipe import ForItems, carrying, without_recipe, work_carrying
from segue.workflow.plan import Plan
from segue.workflow.recipe import Recipe

Watch = Callable[[Iterator[Done[Any]], Job | None], list[Done[Any]]]
"""Takes what becomes of the items, as it comes, and gives it back: where progress is shown."""


def carry(plan: Plan[I], work: Work[I], recipe: Recipe, running: Running, workers: Workers | None = None, watch: Watch | None = None) -> list[Done[I]]:
    """Work on the items of a plan.

    Parameters
    ----------
    plan, work
        What is done to what; see ``jobs.item``.
    recipe
        What was asked for; goes into the record.
    running, workers
        How, and by whom: the first that ``running.team`` returns.
    watch
        Sees each item when it is finished.

    Returns
    -------
    What became of the items, in the order of the plan; those that were not begun (a disk is full) are missing.

    Raises
    ------
    SegueError
        Where it is no batch, the error of the item; in a batch what is wrong with all of it (``jobs.record.keep_record``).
    """
    take: Watch = watch or _all
    if not running.with_recipe or running.dry_run:
        with _record(plan, plan.items, recipe, running) as job:
            steps = run_items(plan.items, work, batch=plan.batch, workers=workers or ONE_BY_ONE, job=job, overwrite=running.overwrite)
            return sorted(take(steps, job), key=lambda one: one.number)
    items = [carrying(cast(ForItems, recipe), item) for item in plan.items]
    with _record(plan, items, recipe, running) as job:
        both = run_items(items, work_carrying(work), batch=plan.batch, workers=workers or ONE_BY_ONE, job=job, overwrite=running.overwrite)
        return sorted(take(map(without_recipe, both), job), key=lambda one: one.number)


def keeps_record(plan: Plan[I], running: Running) -> bool:
    """Whether a record is kept: of a batch of several items; a dry run and a single file need none."""
    return plan.folder is not None and plan.batch and not running.dry_run and (len(plan.planned) > 1 or running.resume)


def _record(plan: Plan[I], items: Any, recipe: Recipe, running: Running) -> AbstractContextManager[Job | None]:
    if plan.folder is None or not keeps_record(plan, running):
        return nullcontext()
    return keep_record(plan.folder, recipe, items, resume=running.resume, overwrite=running.overwrite)


def _all(steps: Iterator[Done[Any]], job: Job | None) -> list[Done[Any]]:
    return list(steps)
