"""Selecting and saying how it went: what ``select`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from segue.cli.batch import Words, carry_out, tell
from segue.cli.report import say_differences, say_notes, say_table
from segue.notes import Kind, Notes

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.jobs.item import Done
    from segue.workflow.recipe_select import SelectRecipe
    from segue.workflow.selections.item import SelectItem, SelectResult

WORDS = Words("selecting", "selected")
MOST_ROWS = 30
"""Rows of the table of populations that are shown unless all were asked for."""


def select(recipe: SelectRecipe, how: How) -> bool:
    """Select in everything that a recipe names; True if it went well everywhere."""
    from segue.workflow.selections.plan import plan_select
    from segue.workflow.selections.task import selecting, task_of

    task = task_of(recipe, dry_run=how.dry_run)
    plan = plan_select(recipe)
    outer, inner = how.team(len(plan.items))
    done = carry_out(plan, selecting(task, inner), recipe, how, WORDS, outer)
    if how.as_json or how.quiet or recipe.output is not None:
        shown = [_without_done(one) for one in done] if not (how.as_json or how.verbose) else done
        if not (how.as_json or how.quiet):
            _populations(done, how)
        return tell(plan, shown, how, WORDS)
    _populations(done, how)
    for one in done:
        _in_place(one, how)
    failed = [(one.item.name, str(one.error)) for one in done if one.error] + [(pair.name, pair.missing) for pair in plan.missing]
    for name, why in failed:
        click.echo(f"failed: {name}: {why}", err=True)
    return not failed and len(done) == len(plan.items)


def _without_done(one: Done[SelectItem]) -> Done[SelectItem]:
    """Without the notes about what the table of populations says."""
    from dataclasses import replace

    if one.result is None:
        return one
    result = cast("SelectResult", one.result)
    return replace(one, result=replace(result, notes=Notes(tuple(note for note in result.notes if note.kind is not Kind.DONE))))


def _populations(done: list[Done[SelectItem]], how: How) -> None:
    """A table of the populations and how many members they have."""
    found = [row for one in done if one.result is not None for row in cast("SelectResult", one.result).selection.populations]
    rows = [[row.population, row.image_set, row.rule, row.outcome, f"{row.before:,}", f"{row.after:,}"] for row in found]
    shown = rows if how.verbose else rows[:MOST_ROWS]
    if rows:
        say_table(["population", "image set", "rule", "outcome", "before", "now"], shown)
    if len(shown) < len(rows):
        click.echo(f"... and {len(rows) - len(shown):,} more; -v shows them all")


def _in_place(one: Done[SelectItem], how: How) -> None:
    if one.result is None:
        return
    result = cast("SelectResult", one.result)
    path = one.item.input
    if how.dry_run:
        say_differences(result.differences, f" in {path}")
    elif result.number is not None:
        click.echo(f"edited {path}; to take it back: segue undo {path}")
    elif result.size:
        click.echo(f"wrote {path} anew")
    else:
        click.echo(f"nothing changed in {path}")
    rest = [note for note in result.notes if note.kind is not Kind.DONE or how.verbose or "undo" in note.what]
    say_notes(Notes(tuple(rest)), verbose=how.verbose, quiet=how.quiet)
