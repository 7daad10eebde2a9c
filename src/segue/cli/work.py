"""Running a conversion and saying how it went: what ``convert`` and ``run`` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.report import progress, say_json, say_notes, say_table, size
from segue.notes import Notes

if TYPE_CHECKING:
    from segue.workflow.batch import Done
    from segue.workflow.convert import Result
    from segue.workflow.plan import Plan
    from segue.workflow.recipe import ConvertRecipe, Recipe


MOST_ROWS = 50
"""Rows of the final table of a batch."""


def convert(recipe: ConvertRecipe, *, save_recipe: str | None, dry_run: bool, overwrite: bool, as_json: bool, verbose: bool, quiet: bool) -> bool:
    """Convert everything that a recipe names; True if every item was converted."""
    from segue.workflow.plan import plan

    planned = plan(recipe.inputs, recipe.output, recipe.to, recipe.image, recipe.labels, recipe.table)
    many = planned.batch and len(planned.planned) > 1
    if many and not as_json and not quiet:
        _say_pairing(planned)
    done = _work(planned, recipe, dry_run=dry_run, overwrite=overwrite, quiet=quiet or as_json)
    if save_recipe:
        save(recipe, Path(save_recipe), overwrite=overwrite)
    if as_json:
        say_json(_json(planned, done, dry_run=dry_run))
    else:
        _say(planned, done, dry_run=dry_run, verbose=verbose, quiet=quiet, many=many)
    return not planned.missing and all(one.error is None for one in done)


def _work(planned: Plan, recipe: ConvertRecipe, *, dry_run: bool, overwrite: bool, quiet: bool) -> list[Done]:
    from segue.workflow.batch import run

    steps = run(planned, recipe.settings(dry_run=dry_run, overwrite=overwrite))
    if len(planned.items) < 2 or not progress(quiet):
        return list(steps)
    from rich.console import Console
    from rich.progress import track

    return list(track(steps, "converting", total=len(planned.items), console=Console(stderr=True), transient=True))


def _say_pairing(planned: Plan) -> None:
    """Which files go together, before any work."""
    pairs = [one.pair for one in planned.planned]
    masks = sum(pair.source is not None for pair in pairs)
    images = sum(pair.image is not None for pair in pairs)
    text = f"{images} images, {masks} masks" if images else f"{len(pairs)} items"
    missing = ", ".join(pair.name for pair in planned.missing)
    click.echo(f"{text}{f', missing: {missing}' if missing else ''}", err=True)
    if images:
        rows = [[pair.name, _name(pair.image), _name(pair.source) if not pair.missing else pair.missing] for pair in pairs]
        say_table(["item", "image", "mask"], rows, err=True)
    unused = [file.name for pair in pairs for file in pair.unused]
    if unused:
        click.echo(f"not used, because another file has the segments of the same image: {', '.join(unused)}", err=True)


def _name(path: Path | None) -> str:
    return path.name if path else "-"


def _say(planned: Plan, done: list[Done], *, dry_run: bool, verbose: bool, quiet: bool, many: bool) -> None:
    if many and not quiet:
        _say_results(planned, done, verbose=verbose)
    else:
        for one in done:
            if one.result is not None and not quiet:
                size_text = "" if dry_run else f", {size(one.result.size)}"
                click.echo(f"{'would write' if dry_run else 'wrote'} {one.item.target} ({_content(one.result)}{size_text})")
    say_notes(Notes.joined(one.result.notes for one in done if one.result), verbose=verbose, quiet=quiet)
    failed = _failed(planned, done)
    for name, why in failed:
        click.echo(f"failed: {name}: {why}", err=True)
    if many or failed:
        click.echo(f"{sum(one.result is not None for one in done)} converted, {len(failed)} failed", err=True)


def _failed(planned: Plan, done: list[Done]) -> list[tuple[str, str]]:
    return [(one.item.source.name, str(one.error)) for one in done if one.error] + [(pair.name, pair.missing) for pair in planned.missing]


def _say_results(planned: Plan, done: list[Done], *, verbose: bool) -> None:
    """What became of each item; of a long batch only its beginning, unless all was asked for."""
    rows = [
        [one.item.source.name, str(one.item.target), _content(one.result), size(one.result.size)] if one.result else [one.item.source.name, "failed", "", ""]
        for one in done
    ]
    rows += [[pair.name, "failed", "", ""] for pair in planned.missing]
    shown = rows if verbose or len(rows) <= MOST_ROWS else rows[:MOST_ROWS]
    say_table(["item", "output", "content", "size"], shown)
    if len(shown) < len(rows):
        click.echo(f"... and {len(rows) - len(shown):,} more; -v shows them all")


def _content(result: Result) -> str:
    count, what = (result.objects, "object") if result.objects or not result.images else (result.images, "image")
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def save(recipe: Recipe, path: Path, *, overwrite: bool) -> None:
    """Save a recipe as a file."""
    from segue.storage.sink import FileSink
    from segue.workflow.recipe import recipe_bytes

    with FileSink(path, overwrite=overwrite) as sink:
        with sink.open() as file:
            file.write(recipe_bytes(recipe))
        sink.keep()


def _json(planned: Plan, done: list[Done], *, dry_run: bool) -> dict[str, Any]:
    items = []
    for one in done:
        body: dict[str, Any] = {"source": str(one.item.source), "target": str(one.item.target)}
        if one.result:
            body |= {"objects": one.result.objects, "bytes": one.result.size, "notes": one.result.notes.to_json()}
        if one.error:
            body |= one.error.to_json()
        items.append(body)
    missing = [{"name": pair.name, "message": pair.missing} for pair in planned.missing]
    return {"dry_run": dry_run, "items": items, "missing": missing}
