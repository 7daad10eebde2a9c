"""Showing the beginning of tables that would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from segue.cli.report import say_json

if TYPE_CHECKING:
    from segue.workflow.recipe import ConvertRecipe


def show(recipe: ConvertRecipe, *, as_json: bool) -> None:
    """Print the columns and first rows of what a recipe would write; nothing is written.

    Raises
    ------
    SegueError
        As for converting; Incompatible where the format has no preview.
    """
    from segue.workflow.convert import preview_item
    from segue.workflow.plan import plan

    items = plan(recipe.inputs, recipe.output, recipe.to, recipe.image, recipe.labels, recipe.table, recipe.populations, recipe.from_).items
    found = [(item, preview_item(item, recipe.settings(dry_run=True, overwrite=False))) for item in items]
    if as_json:
        say_json([{"target": str(item.target), "columns": list(one.names), "rows": one.rows, "text": one.text, "characters": one.size} for item, one in found])
        return
    for item, one in found:
        click.echo(one.text + (f"(truncated, {one.size:,} characters)" if one.cut else ""), nl=one.cut)
        click.echo(f"{item.target.name}: {len(one.names)} columns, {one.rows:,} {'row' if one.rows == 1 else 'rows'}; nothing was written", err=True)
