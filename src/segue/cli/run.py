"""``segue run``."""

from __future__ import annotations

import click

from segue.cli.exit_codes import OK, SOME_FAILED


@click.command("run")
@click.argument("recipe")
@click.option("--dry-run", is_flag=True, help="Do everything but write; show what would be lost.")
@click.option("--overwrite", is_flag=True, help="Replace outputs that exist.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="All notes.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
def command(recipe: str, dry_run: bool, overwrite: bool, as_json: bool, verbose: bool, quiet: bool) -> int:
    """Do what a saved recipe says, byte for byte as before. Paths in it are relative to where you are.

    \b
    segue convert masks/ rois/ --to imagej-roi --save-recipe rois.json
    segue run rois.json --overwrite
    """
    from segue.cli.editing import edit
    from segue.cli.work import convert
    from segue.workflow.recipe import EditRecipe, read_recipe

    saved = read_recipe(recipe)
    if isinstance(saved, EditRecipe):
        edit(saved, save_recipe=None, dry_run=dry_run, overwrite=overwrite, as_json=as_json, verbose=verbose, quiet=quiet)
        return OK
    done = convert(saved, save_recipe=None, dry_run=dry_run, overwrite=overwrite, as_json=as_json, verbose=verbose, quiet=quiet)
    return OK if done else SOME_FAILED
