"""``segue clean``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.batch_report import MOST_ROWS
from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.report import say_json, say_table, size

if TYPE_CHECKING:
    from segue.workflow.cleaning.removal import Cleaned
    from segue.workflow.cleaning.survey import Goes, Stays, Survey


@click.command("clean")
@click.argument("places", metavar="RECIPE|MANIFEST|FOLDER", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Delete without asking.")
@click.option("--dry-run", is_flag=True, help="Only list what would be deleted, and what stays.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON; asks nothing.")
@click.option("-v", "--verbose", is_flag=True, help="List every file, however many.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
def command(places: Sequence[Path], *, yes: bool, dry_run: bool, as_json: bool, verbose: bool, quiet: bool) -> int:
    """Delete exactly what runs wrote into a folder, as their record there says: files, sequences, folders, tables, side files, the record at last.

    Inputs, files of somebody else, and files that were changed since stay; folders that a run made go when they are empty. What would be deleted is listed
    first. On a terminal you are asked; else nothing is deleted without --yes. Of a saved recipe only what it wrote goes; the recipe stays.

    Exit code: 0 = nothing is left to delete, or --dry-run; 1 = it was only listed, or something cannot be deleted.

    \b
    segue clean exports/
    segue clean exports/segue-job/manifest.jsonl --yes
    segue clean recipe.json --dry-run
    """
    from segue.workflow.cleaning.finding import find
    from segue.workflow.cleaning.removal import Cleaned, remove
    from segue.workflow.cleaning.survey import survey

    found = [survey(chosen) for place in places if (chosen := find(place)) is not None]
    listed = Cleaned(tuple(one for some in found for one in some.goes), tuple(one for some in found for one in some.stays), dry_run=True)
    if not (quiet or as_json):
        _list(listed, found, places, verbose=verbose)
    if dry_run or not found:
        return _end(listed, as_json=as_json)
    if not (yes or _agreed(listed, as_json=as_json)):
        click.echo("nothing was deleted; --yes deletes it", err=True)
        return _end(listed, as_json=as_json) or SOME_FAILED
    done = [remove(one) for one in found]
    gone, stays, failed = (tuple(one for some in done for one in getattr(some, name)) for name in ("gone", "stays", "failed"))
    cleaned = Cleaned(gone, stays, failed)
    if not (quiet or as_json):
        click.echo(f"deleted {_count(cleaned)}" + (f", {len(cleaned.stays)} stay" if cleaned.stays else ""))
    for one in cleaned.failed:
        click.echo(f"failed: {one.path} {one.why}", err=True)
    return _end(cleaned, as_json=as_json)


def _agreed(listed: Cleaned, *, as_json: bool) -> bool:
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(f"Delete {_count(listed)}?" if listed.gone else "Delete the record?", err=True)


def _end(cleaned: Cleaned, *, as_json: bool) -> int:
    if as_json:
        say_json(cleaned.to_json())
    return SOME_FAILED if cleaned.failed else OK


def _list(listed: Cleaned, found: Sequence[Survey], places: Sequence[Path], *, verbose: bool) -> None:
    if not found:
        click.echo(f"nothing is left to delete: there is no record of a run in {', '.join(map(str, places))}")
        return
    stays, goes = _shown([_stay(one) for one in listed.stays], verbose=verbose), _shown([_go(one) for one in listed.gone], verbose=verbose)
    unfinished = [["goes", str(path), "", "unfinished, of a run that was killed"] for one in found for path in one.unfinished]
    records = [["goes", str(one.chosen.record.folder), "", "the record"] for one in found if not one.chosen.others]
    say_table(["", "path", "size", "why"], [*goes, *unfinished, *records, *stays])
    click.echo(f"{_count(listed)} to delete, {len(listed.stays)} stay{'' if len(listed.stays) - 1 else 's'}", err=True)


def _go(one: Goes) -> list[str]:
    return ["goes", str(one.path), size(one.size), "" if one.stamp is not None else f"{one.count:,} files"]


def _stay(one: Stays) -> list[str]:
    return ["stays", str(one.path), "", one.why]


def _shown(rows: list[list[str]], *, verbose: bool) -> list[list[str]]:
    if verbose or len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:MOST_ROWS], [rows[0][0], f"... and {len(rows) - MOST_ROWS:,} more; -v shows them all", "", ""]]


def _count(some: Any) -> str:
    return f"{some.files:,} file{'' if some.files == 1 else 's'} ({size(some.size)})"
