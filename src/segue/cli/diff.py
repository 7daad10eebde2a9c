"""``segue diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.report import say_json, say_table

if TYPE_CHECKING:
    import polars as pl

    from segue.workflow.same_segments import Rows

MOST = 5
"""Segments of one side that are named."""


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--from-a", metavar="FORMAT", help="Format of A, when content and suffix do not say.")
@click.option("--from-b", metavar="FORMAT", help="Format of B, when content and suffix do not say.")
@click.option("--exit-code", is_flag=True, help="End with 1 if they differ.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(a: str, b: str, from_a: str | None, from_b: str | None, exit_code: bool, as_json: bool) -> int:
    """Show what differs between two results, studies or recipes, in whatever formats they are.

    Segments are paired by their pixels, shapes or values, whatever their numbers are. Of results that carry their recipe (beside them as
    NAME.recipe.json, or in a study) the settings that changed are shown too.

    \b
    segue diff labels.tif cells-RoiSet.zip
    segue diff monday.json tuesday.json
    """
    from segue.workflow.difference import difference

    found = difference(Path(a), Path(b), from_a, from_b)
    if as_json:
        counts = {str(feature): count for feature, count in found.counts.items()}
        settings = {name: list(pair) for name, pair in found.settings.items()}
        say_json({"equal": found.equal, "counts": counts, "settings": settings, "segments": _plain(found.rows)})
    elif found.equal:
        click.echo("no difference")
    else:
        if found.rows is not None and not found.rows.equal:
            click.echo(_sentence(found.rows))
        rows = [[str(feature), f"{count:,}"] for feature, count in found.counts.items()]
        rows += [[f"setting {name}", f"{_said(one)} -> {_said(other)}"] for name, (one, other) in found.settings.items()]
        say_table(["what", "differs"], rows)
    return int(exit_code and not found.equal)


def _said(value: Any) -> str:
    return "not set" if value is None else repr(value)


def _sentence(rows: Rows) -> str:
    """``segments: 6 in both, 1 only in A (label 3, area 1716)``."""
    sides = [(rows.only_a, "A"), (rows.only_b, "B")]
    only = [f"{len(frame):,} only in {side} ({_named(frame)})" for frame, side in sides if len(frame)]
    return f"segments: {', '.join([f'{rows.both:,} in both', *only])}"


def _named(frame: pl.DataFrame) -> str:
    several = frame["image"].n_unique() > 1
    named = [_one(one, several=several) for one in frame.head(MOST).iter_rows(named=True)]
    return "; ".join([*named, f"and {len(frame) - MOST:,} more"] if len(frame) > MOST else named)


def _one(facts: dict[str, Any], *, several: bool) -> str:
    what = f"label {facts['label']}" if facts["label"] is not None else str(facts["id"])
    return ", ".join([*([facts["image"]] if several else []), what, *([] if facts["area"] is None else [f"area {facts['area']:g}"])])


def _plain(rows: Rows | None) -> dict[str, Any] | None:
    return None if rows is None else {"both": rows.both, "only_a": rows.only_a.to_dicts(), "only_b": rows.only_b.to_dicts()}
