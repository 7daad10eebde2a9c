"""From the recipe of pictures to the work that is done to each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segue.errors import InvalidOption
from segue.workflow.rendering.item import render_item

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.exporting.container import Container
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.jobs.running import Running
    from segue.workflow.plan import Plan
    from segue.workflow.recipe_render import RenderRecipe
    from segue.workflow.rendering.item import RenderItem, RenderTask, Tick


def container_for(recipe: RenderRecipe) -> Container:
    """The format of the pictures; in folders PNG, unless something else is asked for.

    Raises
    ------
    UnknownFormat, UsageError
        The suffix says none.
    """
    from segue.formats.png.spec import FORMAT as USUAL
    from segue.storage.source import split_suffix
    from segue.workflow.exporting.container import container_of

    plain = recipe.output.endswith(("/", "\\")) or split_suffix(recipe.output)[1] in ("", ".{ext}")
    return container_of(recipe.format or (USUAL.name if plain else None), recipe.output)


def task_of(recipe: RenderRecipe, container: Container, *, items: int = 1) -> RenderTask:
    """How pictures are made.

    Raises
    ------
    InvalidOption
        Something that was asked for cannot be understood.
    """
    from segue.workflow.rendering.choice import rendering_of
    from segue.workflow.rendering.item import RenderTask

    if recipe.display is not None and recipe.display_file is not None:
        raise InvalidOption("a display is named, and a file of settings is given: leave out one of them", option="display")
    shared = items > 1 and not any("{" in template for template in recipe.populations)
    return RenderTask(rendering_of(recipe), container, dict(recipe.options), recipe.from_, recipe.settings, shared)


def rendering(task: RenderTask, workers: Workers | None = None, *, dry_run: bool = False, tick: Tick | None = None) -> Work[RenderItem]:
    """The work of pictures; ``tick`` is for a single one that is made here."""
    return partial(render_item, task=task, workers=workers, dry_run=dry_run, tick=tick)


def carry_render(recipe: RenderRecipe, running: Running) -> tuple[Plan[RenderItem], list[Done[RenderItem]]]:
    """Make every picture that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
    """
    from segue.workflow.jobs.carry import carry
    from segue.workflow.rendering.plan import plan_render

    container = container_for(recipe)
    plan = plan_render(recipe, container)
    task = task_of(recipe, container, items=len(plan.planned))
    outer, inner = running.team(len(plan.items))
    return plan, carry(plan, rendering(task, inner, dry_run=running.dry_run), recipe, running, outer)
