"""What changes one result in place, as an item of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segue.workflow.jobs.entry import Recorded
from segue.workflow.jobs.item import Done, Named
from segue.workflow.jobs.running import Running

if TYPE_CHECKING:
    from segue.workflow.recipe import EditRecipe
    from segue.workflow.recipe_merge import MergeRecipe


def edit(recipe: EditRecipe, running: Running) -> Done[Named]:
    """Make the edits of a recipe."""
    from segue.workflow.edit import edit_path

    outcome = edit_path(Path(recipe.input), recipe.edits, recipe.how(dry_run=running.dry_run, overwrite=running.overwrite))
    count = len(recipe.edits)
    result = Recorded(outcome.notes, outcome.size, f"{count} edit{'' if count == 1 else 's'}", {"numbers": list(outcome.numbers), "bytes": outcome.size})
    return Done(0, Named(Path(recipe.input).name, (Path(recipe.input),), (outcome.path,)), result)


def merge(recipe: MergeRecipe, running: Running) -> Done[Named]:
    """Import what a recipe says."""
    from segue.workflow.merge import merge_paths

    outcome = merge_paths(recipe.inputs, Path(recipe.study), recipe.how(dry_run=running.dry_run), recipe.plain())
    count = len(outcome.inputs)
    result = Recorded(outcome.notes, 0, f"{count} import{'' if count == 1 else 's'}", {"number": outcome.number})
    return Done(0, Named(Path(recipe.study).name, outcome.inputs, (Path(recipe.study),)), result)
