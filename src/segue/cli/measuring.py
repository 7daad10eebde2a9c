"""Measuring and saying how it went: what ``measure`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from segue.cli.batch import Words, carry_out, tell
from segue.cli.exit_codes import OK
from segue.cli.report import say_json, say_notes, say_table, size

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.recipe_measure import MeasureRecipe

WORDS = Words("measuring", "measured")


def measure(recipe: MeasureRecipe, how: How) -> bool:
    """Measure everything that a recipe names; True if every item was measured."""
    from segue.workflow.measuring.plan import plan_measure
    from segue.workflow.measuring.task import check_targets, finish, measuring, task_of

    plan = plan_measure(recipe)
    task = task_of(recipe, items=len(plan.planned), dry_run=how.dry_run)
    check_targets(recipe, how)
    outer, inner = how.team(len(plan.items))
    done = carry_out(plan, measuring(task, inner), recipe, how, WORDS, outer)
    made, notes = finish(recipe, task, done, how, plan.folder)
    well = tell(plan, done, how, WORDS)
    if not how.as_json and not how.quiet:
        for one in made:
            rows = "" if one.objects is None else f"{one.objects:,} objects"
            facts = ", ".join(text for text in (rows, "" if how.dry_run else size(one.size)) if text)
            click.echo(f"{'would write' if how.dry_run else 'wrote'} {one.path} ({facts})")
        say_notes(notes, verbose=how.verbose, quiet=how.quiet)
    return well


def listed(preset: str | None, how: How) -> int:
    """Print every measurement, or the columns of a preset."""
    from segue.workflow.measuring.listing import everything, of_preset

    head, rows = of_preset(preset) if preset else everything()
    if how.as_json:
        say_json([dict(zip(head, row, strict=True)) for row in rows])
    else:
        say_table(head, rows)
    return OK
