"""Carrying out a plan: its record, its workers, its recipes; the command line and Python do the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

from segue.errors import UsageError
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
    _refuse_resume(plan, running)
    how: dict[str, Any] = {"batch": plan.batch, "workers": workers or ONE_BY_ONE, "overwrite": running.overwrite, "elsewhere": running.scheduler is not None}
    if not running.with_recipe or running.dry_run:
        with _record(plan, plan.items, recipe, running) as job:
            return sorted(take(run_items(plan.items, work, job=job, **how), job), key=lambda one: one.number)
    items = [carrying(cast(ForItems, recipe), item) for item in plan.items]
    with _record(plan, items, recipe, running) as job:
        both = run_items(items, work_carrying(work), job=job, **how)
        return sorted(take(map(without_recipe, both), job), key=lambda one: one.number)


def _refuse_resume(plan: Plan[I], running: Running) -> None:
    if not running.resume or running.dry_run or plan.folder is not None:
        return
    what = "all goes into one file, or into folders that have nothing in common" if plan.batch else "one file is made as a whole"
    raise UsageError(f"--resume goes on with a batch that keeps a record in the folder of its outputs; this one keeps none, because {what}")


def _record(plan: Plan[I], items: Any, recipe: Recipe, running: Running) -> AbstractContextManager[Job | None]:
    """The record of a batch of several items, or of one that is many files; a dry run and a single file need none."""
    many = len(plan.planned) > 1 or any(len(item.outputs) > 1 for item in plan.items)
    if plan.folder is None or running.dry_run or not (many or running.resume):
        return nullcontext()
    if not (running.resume or _writable(plan.folder)):
        return nullcontext()  # the outputs may well lie in folders below it
    return keep_record(plan.folder, recipe, items, resume=running.resume, overwrite=running.overwrite)


def _writable(folder: Path) -> bool:
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return os.access(there, os.W_OK)


def _all(steps: Iterator[Done[Any]], job: Job | None) -> list[Done[Any]]:
    return list(steps)
