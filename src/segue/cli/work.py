"""Running a conversion and saying how it went: what ``convert`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli.batch import Words, carry_out, tell

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.recipe import ConvertRecipe

WORDS = Words("converting", "converted")


def convert(recipe: ConvertRecipe, how: How) -> bool:
    """Convert everything that a recipe names; True if every item was converted."""
    from segue.workflow.jobs.converting import converting
    from segue.workflow.plan import plan

    planned = plan(recipe.inputs, recipe.output, recipe.to, recipe.image, recipe.labels, recipe.table, recipe.populations, recipe.from_)
    workers, _ = how.team(len(planned.items))
    work = converting(recipe.settings(dry_run=how.dry_run, overwrite=how.overwrite))
    return tell(planned, carry_out(planned, work, recipe, how, WORDS, workers), how, WORDS)
