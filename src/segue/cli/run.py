"""``segue run``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import How, batch_options

if TYPE_CHECKING:
    from segue.workflow.recipe import Recipe

DOING = {
    "convert": "segue.cli.work:convert",
    "edit": "segue.cli.editing:edit_again",
    "export": "segue.cli.exporting:export",
    "measure": "segue.cli.measuring:measure",
    "merge": "segue.cli.merging:merge",
    "render": "segue.cli.rendering:render",
    "segment": "segue.cli.segmenting:segment",
    "select": "segue.cli.selecting:select",
}
"""Task -> function (recipe, how) that does it and says how it went; whether all of it worked."""


@click.command("run")
@click.argument("recipe")
@batch_options
def command(recipe: str, how: How) -> int:
    """Do what a saved recipe says, byte for byte as before. Paths in it are relative to where you are.

    RECIPE is a file, or the record of a batch: a folder segue-job.

    \b
    segue convert masks/ rois/ --to imagej-roi --save-recipe rois.json
    segue run rois.json --overwrite
    segue run rois/segue-job --resume
    """
    from segue.workflow.jobs.places import read_placed

    saved = read_placed(Path(recipe))
    module, _, name = DOING[saved.task].partition(":")
    doing: Callable[[Recipe, How], bool] = getattr(import_module(module), name)
    return OK if doing(saved, how) else SOME_FAILED
