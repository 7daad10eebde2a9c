"""Exporting and saying how it went: what ``export`` and ``run`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from segue.cli.batch import Words, carry_out, tell
from segue.cli.report import say_json, say_table, size
from segue.cli.ticking import ticking

if TYPE_CHECKING:
    from segue.cli.how import How
    from segue.workflow.exporting.prediction import ExportPlan, Prediction
    from segue.workflow.recipe_export import ExportRecipe

WORDS = Words("exporting", "exported")


def export(recipe: ExportRecipe, how: How) -> bool:
    """Export everything that a recipe names; True if every item was exported."""
    from segue.workflow.exporting.choice import exporting_of
    from segue.workflow.exporting.plan import plan_export
    from segue.workflow.exporting.task import exporting

    planned = plan_export(recipe, overwrite=how.overwrite, resume=how.resume)
    if how.dry_run:
        _say_plan(planned, how)
    planned.refuse()
    plan = planned.plan
    if how.dry_run:
        return not plan.missing
    if not (how.quiet or how.as_json):
        for text in planned.said:
            click.echo(f"  {text}", err=True)
    outer, inner = how.team(len(plan.items))
    with ticking(how, WORDS, single=len(plan.items) == 1) as tick:
        done = carry_out(plan, exporting(exporting_of(recipe), inner, tick=tick), recipe, how, WORDS, outer)
    return tell(plan, done, how, WORDS)


def _say_plan(planned: ExportPlan, how: How) -> None:
    if how.as_json:
        missing = [{"name": pair.name, "message": pair.missing} for pair in planned.plan.missing]
        body = {"dry_run": True, "items": [one.to_json() for one in planned.predictions], "missing": missing}
        say_json(body | {"problems": [one.to_json() for one in planned.problems], "notes": list(planned.said)})
        return
    if how.quiet:
        return
    say_table(["input", "holds", "output", "writes", "pixels", "memory"], [_row(one) for one in planned.predictions])
    for pair in planned.plan.missing:
        click.echo(f"left out: {pair.name}: {pair.missing}", err=True)
    for text in dict.fromkeys((*planned.said, *(text for one in planned.predictions for text in one.said))):
        click.echo(f"  {text}", err=True)


def _row(one: Prediction) -> list[str]:
    found = one.source
    holds = f"{found['dtype']} {found['axes']} {_sizes(found['shape'])}{_physical(found)}" if found else "-"
    writes = f"{one.format}: {one.dtype} {one.axes} {_sizes(one.shape)}" if one.axes else "-"
    return [str(one.item.source), holds, _target(one), writes, size(one.bytes), f"about {size(one.memory)}"]


def _target(one: Prediction) -> str:
    outputs = one.item.outputs
    if not outputs:
        return "-"
    return str(outputs[0]) if len(outputs) == 1 else f"{outputs[0]} ... {outputs[-1].name} ({len(outputs):,} files along {one.step})"


def _sizes(shape: list[int] | tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in shape)


def _physical(found: dict[str, object]) -> str:
    sizes, units = found["pixel_size"], found["units"]
    assert isinstance(sizes, dict)
    assert isinstance(units, dict)
    text = ", ".join(f"{name} {value:g} {units.get(name, '')}".rstrip() for name, value in sizes.items())
    return f" ({text})" if text else ""
