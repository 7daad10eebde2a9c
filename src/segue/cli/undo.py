"""``segue undo``."""

from __future__ import annotations

from pathlib import Path

import click

from segue.cli.report import say_json, say_table


@click.command("undo")
@click.argument("study", metavar="STUDY")
@click.option("-n", "count", type=click.IntRange(min=1), default=1, show_default=True, help="How many edits to take back.")
@click.option("--list", "listing", is_flag=True, help="Take nothing back; list what can be.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def command(study: str, count: int, listing: bool, as_json: bool) -> None:
    """Take back the latest edits of a study.

    \b
    segue undo cells.segue --list
    segue undo cells.segue -n 2
    """
    from segue.workflow.edit import undo, undoable

    steps = undoable(Path(study)) if listing else undo(Path(study), count)
    if as_json:
        say_json([{"number": step.number, "edit": step.edit} for step in steps])
    elif listing:
        say_table(["edit", "what", "objects"], [[str(step.number), step.what, step.objects] for step in steps]) if steps else click.echo("no edit to take back")
    else:
        for step in steps:
            click.echo(f"took back edit {step.number}: {step.what} {step.objects}".rstrip())
