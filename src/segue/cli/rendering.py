"""Rendering and saying how it went: what ``render`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli.batch import Words, carry_out, tell

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.recipe_render import RenderRecipe

WORDS = Words("rendering", "rendered")


def render(recipe: RenderRecipe, how: How) -> bool:
    """Make every picture that a recipe names; True if all were made."""
    from segue.cli.ticking import ticking
    from segue.workflow.rendering.plan import plan_render
    from segue.workflow.rendering.task import container_for, rendering, task_of

    container = container_for(recipe)
    plan = plan_render(recipe, container)
    task = task_of(recipe, container, items=len(plan.planned))
    outer, inner = how.team(len(plan.items))
    with ticking(how, WORDS, single=len(plan.items) == 1) as tick:
        done = carry_out(plan, rendering(task, inner, dry_run=how.dry_run, tick=tick), recipe, how, WORDS, outer)
    return tell(plan, done, how, WORDS)
