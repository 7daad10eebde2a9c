"""How a batch is carried out and reported: the options that ``convert``, ``measure``, ``segment`` and ``run`` share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from segue.workflow.jobs.running import Running


@dataclass(frozen=True)
class How(Running):
    """How it is done, and how it is reported."""

    save_recipe: str | None = None
    save_script: str | None = None
    save_macro: str | None = None
    as_json: bool = False
    verbose: bool = False
    quiet: bool = False


_OPTIONS = (
    click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Work on N items at once (default: one after the other)."),
    click.option("--scheduler", metavar="ADDRESS", help="Work on a Dask cluster: the address of its scheduler, or its scheduler file."),
    click.option("--resume", is_flag=True, help="Go on with a batch that was interrupted: what is done is left alone."),
    click.option("--dry-run", is_flag=True, help="Do everything but write; show what would be lost."),
    click.option("--overwrite", is_flag=True, help="Replace outputs that exist."),
    click.option("--with-recipe", is_flag=True, help="Beside each output OUT a file OUT.recipe.json, which makes it again with segue run."),
    click.option("--save-recipe", metavar="FILE", help="Save what was asked for; segue run FILE does it again."),
    click.option("--save-script", metavar="FILE.py", help="Save what was asked for as a Python script."),
    click.option("--json", "as_json", is_flag=True, help="Report as JSON."),
    click.option("-v", "--verbose", is_flag=True, help="All notes."),
    click.option("-q", "--quiet", is_flag=True, help="Only errors."),
)


macro_option = click.option("--save-macro", metavar="FILE.ijm", help="Save the same analysis as a macro for ImageJ.")
"""For commands that ImageJ can do, too; together with ``batch_options``, and above it."""


def batch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``how``."""

    @wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        how = How(**{one.name: given.pop(one.name) for one in fields(How) if one.name in given})
        if how.workers and how.scheduler:
            raise click.UsageError("--workers and --scheduler exclude each other: a cluster decides how many work")
        return command(*args, how=how, **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
