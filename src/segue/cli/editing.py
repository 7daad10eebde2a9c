"""Running edits and saying how it went: what ``edit`` and ``run`` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.report import say_differences, say_done, say_json, say_notes, size, without_done

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.edit import Outcome
    from segue.workflow.recipe import EditRecipe


def edit(recipe: EditRecipe, *, save_recipe: str | None, dry_run: bool, overwrite: bool, as_json: bool, verbose: bool, quiet: bool) -> None:
    """Do what a recipe says, and say what became of it."""
    from segue.cli.batch import save
    from segue.workflow.edit import edit_path
    from segue.workflow.recipe import recipe_bytes

    outcome = edit_path(Path(recipe.input), recipe.edits, recipe.how(dry_run=dry_run, overwrite=overwrite))
    if save_recipe:
        save(recipe_bytes(recipe), Path(save_recipe), overwrite=overwrite)
    if as_json:
        say_json(_json(recipe, outcome, dry_run=dry_run))
    elif not quiet:
        _say(recipe, outcome, dry_run=dry_run, verbose=verbose)


def edit_again(recipe: EditRecipe, how: How) -> bool:
    """Do what a saved recipe says, and say what became of it."""
    edit(recipe, save_recipe=how.save_recipe, dry_run=how.dry_run, overwrite=how.overwrite, as_json=how.as_json, verbose=how.verbose, quiet=how.quiet)
    return True


def _say(recipe: EditRecipe, outcome: Outcome, *, dry_run: bool, verbose: bool) -> None:
    say_done(outcome.notes)
    if dry_run:
        say_differences(outcome.differences)
    elif outcome.numbers:
        click.echo(f"edited {outcome.path}; to take it back: segue undo {outcome.path}{f' -n {len(outcome.numbers)}' if len(outcome.numbers) > 1 else ''}")
    elif outcome.size:
        click.echo(f"wrote {outcome.path} ({size(outcome.size)})")
    else:
        click.echo(f"nothing changed in {outcome.path}")
    say_notes(without_done(outcome.notes), verbose=verbose, quiet=False)


def _json(recipe: EditRecipe, outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    return {
        "path": str(outcome.path),
        "dry_run": dry_run,
        "edits": [edit.plain() for edit in recipe.edits],
        "numbers": list(outcome.numbers),
        "bytes": outcome.size,
        "differences": {str(feature): count for feature, count in outcome.differences.items()},
        "renumbered": [{"layer": layer, "old": old, "new": new} for layer, old, new in outcome.renumbered],
        "notes": outcome.notes.to_json(),
    }
