"""``segue inspect``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segue.cli.exit_codes import OK, SOME_FAILED, code_for
from segue.cli.report import say_json, say_notes
from segue.errors import SegueError

if TYPE_CHECKING:
    from segue.workflow.inspect import Found


@click.command("inspect")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "from_", metavar="FORMAT", help="Format, when content and suffix do not say.")
@click.option("--image-set", metavar="NAME|N", help="Only this image set of a project or study, by its name or number.")
@click.option("--actions", is_flag=True, help="What can be imported, exported and selected now, and if not, why.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("-v", "--verbose", is_flag=True, help="All notes.")
def command(paths: tuple[str, ...], from_: str | None, image_set: str | None, actions: bool, as_json: bool, verbose: bool) -> int:
    """Show what is inside files: image sets, axes, channels, pixel size, labels, objects, populations.

    \b
    segue inspect cells.tif
    segue inspect RoiSet.zip cells.geojson --json
    segue inspect cells.segue --actions
    segue inspect study.segue --image-set 1
    """
    from segue.workflow.pairing import files_of

    found: list[Found] = []
    failed: list[SegueError] = []
    for given in paths:
        try:
            for path in files_of(given, from_):
                _look(path, from_, image_set, found, failed, actions=actions)
        except SegueError as error:
            failed.append(error)
    if as_json:
        say_json([one.to_json() for one in found] + [why.to_json() for why in failed])
    else:
        for one in found:
            click.echo(f"{one.path}: {one.title} ({one.format})")
            for count in one.counts:
                click.echo(f"  {count.what:14}{count}")
            for name, facts in one.image_sets:
                click.echo(f"  {name}")
                for what, text in facts:
                    click.echo(f"    {what:12}{text}")
            if one.populations:
                click.echo(f"  populations: {', '.join(one.populations)}")
            for answer in one.actions:
                click.echo(f"  {'yes' if answer.possible else 'no ':4}{answer.action}{'' if answer.possible else f': {answer.reason}'}")
            say_notes(one.notes, verbose=verbose, quiet=False)
        for why in failed:
            click.echo(f"segue: {why}", err=True)
    return OK if not failed else code_for(failed[0]) if not found and len(failed) == 1 else SOME_FAILED


def _look(path: Path, from_: str | None, image_set: str | None, found: list[Found], failed: list[SegueError], *, actions: bool) -> None:
    from segue.workflow.inspect import inspect

    try:
        found.append(inspect(path, from_, image_set, possible=actions))
    except SegueError as error:
        failed.append(error)
