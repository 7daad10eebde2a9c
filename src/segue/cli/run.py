"""``segue run``."""

from __future__ import annotations

from pathlib import Path

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import How, batch_options


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
    from segue.cli.editing import edit
    from segue.cli.work import convert
    from segue.workflow.jobs.places import read_placed
    from segue.workflow.recipe import EditRecipe
    from segue.workflow.recipe_export import ExportRecipe
    from segue.workflow.recipe_measure import MeasureRecipe
    from segue.workflow.recipe_segment import SegmentRecipe

    saved = read_placed(Path(recipe))
    if isinstance(saved, MeasureRecipe):
        from segue.cli.measuring import measure

        return OK if measure(saved, how) else SOME_FAILED
    if isinstance(saved, ExportRecipe):
        from segue.cli.exporting import export

        return OK if export(saved, how) else SOME_FAILED
    if isinstance(saved, SegmentRecipe):
        from segue.cli.segmenting import segment

        return OK if segment(saved, how) else SOME_FAILED
    if isinstance(saved, EditRecipe):
        edit(saved, save_recipe=how.save_recipe, dry_run=how.dry_run, overwrite=how.overwrite, as_json=how.as_json, verbose=how.verbose, quiet=how.quiet)
        return OK
    return OK if convert(saved, how) else SOME_FAILED
