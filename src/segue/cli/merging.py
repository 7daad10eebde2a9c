"""Running imports and saying how they went: what ``merge`` and ``run`` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.report import say_differences, say_done, say_json, say_notes, without_done

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.merge import Outcome
    from segue.workflow.recipe_merge import MergeRecipe


def merge(recipe: MergeRecipe, how: How) -> bool:
    """Do what a recipe says, and say what became of it."""
    from segue.cli.batch import save
    from segue.workflow.merge import merge_paths
    from segue.workflow.recipe import recipe_bytes

    outcome = merge_paths(recipe.inputs, Path(recipe.study), recipe.how(dry_run=how.dry_run), recipe.plain())
    if how.save_recipe:
        save(recipe_bytes(recipe), Path(how.save_recipe), overwrite=how.overwrite)
    if how.as_json:
        say_json(_json(outcome, how))
    elif not how.quiet:
        _say(outcome, how)
    return True


def _say(outcome: Outcome, how: How) -> None:
    say_done(outcome.notes)
    if how.dry_run:
        say_differences(outcome.differences)
    elif outcome.number is None:
        click.echo(f"nothing changed in {outcome.study}")
    else:
        click.echo(f"imported into {outcome.study}; to take it back: segue undo {outcome.study}")
    say_notes(without_done(outcome.notes), verbose=how.verbose, quiet=False)


def _json(outcome: Outcome, how: How) -> dict[str, Any]:
    return {
        "study": str(outcome.study),
        "inputs": [str(path) for path in outcome.inputs],
        "dry_run": how.dry_run,
        "number": outcome.number,
        "differences": {str(feature): count for feature, count in outcome.differences.items()},
        "notes": outcome.notes.to_json(),
    }
