"""The tables of a batch: which files go together, before; what became of them, after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segue.cli.report import say_table, size

if TYPE_CHECKING:
    from segue.workflow.jobs.item import Done, I
    from segue.workflow.plan import Plan

MOST_ROWS = 50
"""Rows of the final table of a batch."""
MOST_NAMES = 3
"""Outputs of an item that are named there."""


def say_pairing(plan: Plan[I]) -> None:
    """Which files go together, before any work."""
    pairs = [one.pair for one in plan.planned]
    masks = sum(pair.source is not None for pair in pairs)
    images = sum(pair.image is not None for pair in pairs)
    text = f"{images} images, {masks} masks" if images else f"{len(pairs)} items"
    missing = ", ".join(pair.name for pair in plan.missing)
    click.echo(f"{text}{f', missing: {missing}' if missing else ''}", err=True)
    if images:
        rows = [[pair.name, _name(pair.image), _name(pair.source) if not pair.missing else pair.missing] for pair in pairs]
        say_table(["item", "image", "mask"], rows, err=True)
    unused = [file.name for pair in pairs for file in pair.unused]
    if unused:
        click.echo(f"not used, because another file has the segments of the same image: {', '.join(unused)}", err=True)


def say_items(plan: Plan[I], done: list[Done[I]], *, dry_run: bool, verbose: bool, many: bool) -> None:
    """What became of each item: a table for many, of which only the beginning is shown unless all was asked for; else a line each."""
    if not many:
        for one in done:
            if one.result is not None:
                size_text = "" if dry_run else f", {size(one.result.size)}"
                verb = "would write" if dry_run else "had written" if one.before else "wrote"
                click.echo(f"{verb} {_targets(one)} ({one.result.content}{size_text})")
        return
    rows = [
        [one.item.name, _targets(one), one.result.content, size(one.result.size) if one.result.size else ""]
        if one.result
        else [one.item.name, "failed", "", ""]
        for one in done
    ]
    rows += [[pair.name, "failed", "", ""] for pair in plan.missing]
    shown = rows if verbose or len(rows) <= MOST_ROWS else rows[:MOST_ROWS]
    say_table(["item", "output", "content", "size"], shown)
    if len(shown) < len(rows):
        click.echo(f"... and {len(rows) - len(shown):,} more; -v shows them all")


def _targets(done: Done[I]) -> str:
    paths = list(map(str, getattr(done.result, "written", None) or done.item.outputs))
    more = f", and {len(paths) - MOST_NAMES} more" if len(paths) > MOST_NAMES else ""
    return ", ".join(paths[:MOST_NAMES]) + more


def _name(path: Path | None) -> str:
    return path.name if path else "-"
