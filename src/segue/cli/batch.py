"""Carrying out a batch and saying how it went: what every command that works on items shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.batch_report import say_items, say_pairing
from segue.cli.report import progress, say_json, say_notes
from segue.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.cli.how import How
    from segue.tasks.workers import Workers
    from segue.workflow.jobs.item import Done, I, Work
    from segue.workflow.jobs.record import Job
    from segue.workflow.plan import Plan
    from segue.workflow.recipe import Recipe


@dataclass(frozen=True)
class Words:
    """What the work is called."""

    doing: str
    """``converting``"""
    done: str
    """``converted``"""


def carry_out(plan: Plan[I], work: Work[I], recipe: Recipe, how: How, words: Words, workers: Workers | None = None) -> list[Done[I]]:
    """Work on the items of a plan; shows the pairing before, and a progress bar on a terminal.

    Parameters
    ----------
    plan, work
        What is done to what; see ``jobs.item``.
    recipe
        What was asked for: goes into the record of the job, and to ``--save-recipe``.
    how, words
        How it is done and reported.
    workers
        Who works on the items: the first that ``how.team`` returns.

    Returns
    -------
    What became of the items, in the order of the plan; those that were not begun are missing.
    """
    from segue.workflow.jobs.carry import carry

    if _many(plan) and not (how.as_json or how.quiet):
        say_pairing(plan)
    texts = _texts(recipe, how)
    done = carry(plan, work, recipe, how, workers, partial(_watched, total=len(plan.items), how=how, words=words))
    for path, text in texts.items():
        save(text, path, overwrite=how.overwrite)
    return done


def _texts(recipe: Recipe, how: How) -> dict[Path, bytes]:
    """What was asked for, in the forms in which it is to be saved; made before the work, so that what cannot be said so stops it."""
    from segue.workflow.recipe import recipe_bytes

    texts = {Path(how.save_recipe): recipe_bytes(recipe)} if how.save_recipe else {}
    if how.save_script:
        from segue.workflow.scripting.python_script import python_script

        texts[Path(how.save_script)] = python_script(recipe).encode()
    if how.save_macro:
        from segue.workflow.scripting.imagej_macro import macro_of

        texts[Path(how.save_macro)] = macro_of(recipe, Path(how.save_macro)).encode()
    return texts


def tell(plan: Plan[I], done: list[Done[I]], how: How, words: Words) -> bool:
    """Say what became of everything; True if it went well."""
    if how.as_json:
        say_json(_json(plan, done, how))
    else:
        _say(plan, done, how, words)
    return not plan.missing and len(done) == len(plan.items) and all(one.error is None for one in done)


def save(text: bytes, path: Path, *, overwrite: bool) -> None:
    """Save a recipe or script as a file."""
    from segue.storage.sink import FileSink

    with FileSink(path, overwrite=overwrite) as sink:
        with sink.open() as file:
            file.write(text)
        sink.keep()


def _many(plan: Plan[I]) -> bool:
    return plan.batch and len(plan.planned) > 1


def _watched(steps: Iterator[Done[Any]], job: Job | None, *, total: int, how: How, words: Words) -> list[Done[Any]]:
    try:
        return _shown(steps, total, how, words)
    except KeyboardInterrupt:
        if job is not None:
            click.echo(f"{job.finished} of {total} are {words.done}; the same command with --resume does the rest", err=True)
        raise


def _shown(steps: Iterator[Done[Any]], total: int, how: How, words: Words) -> list[Done[Any]]:
    if total < 2 or not progress(how.quiet or how.as_json):
        return list(steps)
    from rich.console import Console
    from rich.progress import track

    return list(track(steps, words.doing, total=total, console=Console(stderr=True), transient=True))


def _say(plan: Plan[I], done: list[Done[I]], how: How, words: Words) -> None:
    many = _many(plan)
    if not how.quiet:
        say_items(plan, done, dry_run=how.dry_run, verbose=how.verbose, many=many)
    say_notes(Notes.joined(one.result.notes for one in done if one.result), verbose=how.verbose, quiet=how.quiet)
    failed = [(one.item.name, str(one.error)) for one in done if one.error] + [(pair.name, pair.missing) for pair in plan.missing]
    for name, why in failed:
        click.echo(f"failed: {name}: {why}", err=True)
    if many or failed:
        click.echo(_sum(plan, done, len(failed), words), err=True)


def _sum(plan: Plan[I], done: list[Done[I]], failed: int, words: Words) -> str:
    before = sum(one.before for one in done)
    text = f"{sum(one.result is not None for one in done) - before} {words.done}, {failed} failed"
    if before:
        text = f"{before} already done, {text}"
    left = len(plan.items) - len(done)
    return f"{text}, {left} not begun; the same command with --resume does the rest" if left else text


def _json(plan: Plan[I], done: list[Done[I]], how: How) -> dict[str, Any]:
    items = []
    for one in done:
        body: dict[str, Any] = {"source": str(one.item.inputs[0]), "target": str(one.item.outputs[0])}
        if len(one.item.outputs) > 1:
            body["targets"] = [str(path) for path in one.item.outputs]
        if one.result:
            body |= one.result.to_json() | {"notes": one.result.notes.to_json()}
        if one.error:
            body |= one.error.to_json()
        if one.before:
            body["already_done"] = True
        items.append(body)
    missing = [{"name": pair.name, "message": pair.missing} for pair in plan.missing]
    return {"dry_run": how.dry_run, "items": items, "missing": missing, "not_begun": len(plan.items) - len(done)}
