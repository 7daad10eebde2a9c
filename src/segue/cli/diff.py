"""``segue diff``."""

from __future__ import annotations

from pathlib import Path

import click

from segue.cli.report import say_json, say_table


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--from-a", metavar="FORMAT", help="Format of A, when content and suffix do not say.")
@click.option("--from-b", metavar="FORMAT", help="Format of B, when content and suffix do not say.")
@click.option("--exit-code", is_flag=True, help="End with 1 if they differ.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(a: str, b: str, from_a: str | None, from_b: str | None, exit_code: bool, as_json: bool) -> int:
    """Show what differs between two results, studies or recipes, in whatever formats they are.

    \b
    segue diff labels.tif cells-RoiSet.zip
    segue diff monday.json tuesday.json
    """
    from segue.workflow.difference import difference

    found = difference(Path(a), Path(b), from_a, from_b)
    if as_json:
        counts = {str(feature): count for feature, count in found.counts.items()}
        say_json({"equal": found.equal, "counts": counts, "settings": {name: list(pair) for name, pair in found.settings.items()}})
    elif found.equal:
        click.echo("no difference")
    else:
        rows = [[str(feature), f"{count:,}"] for feature, count in found.counts.items()]
        rows += [[f"setting {name}", f"{one!r} -> {other!r}"] for name, (one, other) in found.settings.items()]
        say_table(["what", "differs"], rows)
    return int(exit_code and not found.equal)
