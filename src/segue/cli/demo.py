"""``segue demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.report import say_json, say_table, size

if TYPE_CHECKING:
    from segue.workflow.demo.tour import Stop


@click.command("demo")
@click.argument("folder", default="segue-demo")
@click.option("--data", metavar="FOLDER", help="Convert the label images of this folder instead of the simulated ones.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def command(folder: str, data: str | None, as_json: bool) -> int:
    """Build a small study, convert it to every format and back, and show what was written where.

    \b
    segue demo demo-output
    segue demo demo-output --data my-masks/
    """
    from segue.workflow.demo.place import claim
    from segue.workflow.demo.tour import build, inputs_of, tour

    out = claim(Path(folder))
    inputs = inputs_of(Path(data)) if data else build(out)
    stops = list(tour(inputs, out))
    if as_json:
        say_json([{"source": stop.source, "format": stop.format, "target": str(stop.target), "bytes": stop.size, "back": stop.back} for stop in stops])
    else:
        rows = [_row(stop) for stop in stops]
        say_table(["from", "to", "file", "size", "s there", "s back", "labels back", "lost or changed"], rows)
        click.echo(f"\neverything is in {out}" + ("" if data else f"; the picture to look at is {out / 'tissue.png'}"))
    return OK if all(stop.as_announced for stop in stops) else SOME_FAILED


def _row(stop: Stop) -> list[str]:
    times = [f"{seconds:.2f}" for seconds in (stop.seconds_there, stop.seconds_back)]
    features = [str(note.feature) for note in stop.notes.refused if note.feature]
    lost = ", ".join(features[:3]) + (f" and {len(features) - 3} more" if len(features) > 3 else "") or "nothing"
    return [stop.source, stop.format, stop.target.name, size(stop.size), *times, stop.back, lost]
