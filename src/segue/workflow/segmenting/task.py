"""From the recipe of a segmentation to the work that is done to each item."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.outputs import How
from segue.workflow.segmenting.choice import Segmenting, checked, threshold_of
from segue.workflow.segmenting.item import SegmentTask, segment_item

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.jobs.running import Running
    from segue.workflow.plan import Plan
    from segue.workflow.recipe_segment import SegmentRecipe
    from segue.workflow.segmenting.item import SegmentItem


def segmenting_of(recipe: SegmentRecipe) -> Segmenting:
    """How images are segmented.

    Raises
    ------
    InvalidOption
        Something that was asked for does not exist, or does not go together.
    """
    threshold_of(recipe.threshold)
    names = Segmenting.__dataclass_fields__
    return checked(Segmenting(**{name: getattr(recipe, name) for name in names}))


def task_of(recipe: SegmentRecipe, *, dry_run: bool = False) -> SegmentTask:
    """How items are segmented and written."""
    if recipe.statistics or recipe.preset:
        choice_of(recipe.statistics, recipe.preset)
    how = How(recipe.to, recipe.preset, recipe.options, strict=recipe.strict, dry_run=dry_run)
    return SegmentTask(segmenting_of(recipe), how, recipe.from_, recipe.pixel_size, recipe.statistics, recipe.physical, recipe)


def segmenting(task: SegmentTask, workers: Workers | None = None) -> Work[SegmentItem]:
    """The work of a segmentation."""
    return partial(segment_item, task=task, workers=workers)


def carry_segment(recipe: SegmentRecipe, running: Running) -> tuple[Plan[SegmentItem], list[Done[SegmentItem]]]:
    """Segment everything that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
    """
    from segue.workflow.jobs.carry import carry
    from segue.workflow.segmenting.plan import plan_segment

    task = task_of(recipe, dry_run=running.dry_run)
    plan = plan_segment(recipe)
    outer, inner = running.team(len(plan.items))
    return plan, carry(plan, segmenting(task, inner), recipe, running, outer)
