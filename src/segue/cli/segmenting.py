"""Segmenting and saying how it went: what ``segment`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli.batch import Words, carry_out, tell

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.recipe_segment import SegmentRecipe

WORDS = Words("segmenting", "segmented")


def segment(recipe: SegmentRecipe, how: How) -> bool:
    """Segment everything that a recipe names; True if every image was segmented."""
    from segue.workflow.segmenting.plan import plan_segment
    from segue.workflow.segmenting.task import segmenting, task_of

    task = task_of(recipe, dry_run=how.dry_run)
    plan = plan_segment(recipe)
    outer, inner = how.team(len(plan.items))
    return tell(plan, carry_out(plan, segmenting(task, inner), recipe, how, WORDS, outer), how, WORDS)
