"""From the recipe of a measurement to the work that is done to each item, and to what is written when all are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.notes import Notes
from segue.storage.sink import FileSink
from segue.workflow.jobs.beside import record_beside
from segue.workflow.jobs.carry import carry
from segue.workflow.jobs.with_recipe import recipe_beside
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.fitting import Measured
from segue.workflow.measuring.gather import gathered
from segue.workflow.measuring.item import MeasureResult, MeasureTask, measure_item
from segue.workflow.measuring.outputs import How, outputs_of
from segue.workflow.measuring.plan import plan_measure
from segue.workflow.measuring.study import Measuring
from segue.workflow.measuring.summary import Row, unpacked, write_summary
from segue.workflow.measuring.units import pixel_size_of
from segue.workflow.measuring.write import Made, write_all
from segue.workflow.recipe import recipe_bytes

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.jobs.running import Running
    from segue.workflow.measuring.item import MeasureItem
    from segue.workflow.plan import Plan
    from segue.workflow.recipe_measure import MeasureRecipe


def task_of(recipe: MeasureRecipe, *, items: int = 1, dry_run: bool = False) -> MeasureTask:
    """How items are measured.

    Raises
    ------
    InvalidOption
        There is no such measurement, preset or pixel size.
    """
    size = None if recipe.pixel_size is None else pixel_size_of(recipe.pixel_size)
    choice = choice_of(recipe.statistics, recipe.preset)
    measuring = Measuring(choice, recipe.layer, recipe.channels, size, recipe.physical or size is not None, recipe.neighbours)
    how = How(recipe.to, recipe.preset, recipe.options, recipe.split_populations, recipe.undefined, recipe.dictionary, recipe.strict, dry_run)
    shared = items > 1 and not any("{" in template for template in recipe.populations)
    return MeasureTask(measuring, how, recipe.from_, shared, recipe.combine, recipe.summary is not None, recipe, recipe.image_set)


def measuring(task: MeasureTask, workers: Workers | None = None) -> Work[MeasureItem]:
    """The work of a measurement."""
    return partial(measure_item, task=task, workers=workers)


def carry_measure(recipe: MeasureRecipe, running: Running) -> tuple[Plan[MeasureItem], list[Done[MeasureItem]]]:
    """Measure everything that a recipe names; see ``jobs.carry.carry``.

    Raises
    ------
    SegueError
    """
    plan = plan_measure(recipe)
    task = task_of(recipe, items=len(plan.planned), dry_run=running.dry_run)
    check_targets(recipe, running)
    outer, inner = running.team(len(plan.items))
    done = carry(plan, measuring(task, inner), recipe, running, outer)
    finish(recipe, task, done, running, plan.folder)
    return plan, done


def check_targets(recipe: MeasureRecipe, running: Running) -> None:
    """Raise SinkError, before any work, if a file about all items exists and must not be replaced."""
    if running.dry_run:
        return
    if recipe.summary is not None:
        FileSink(recipe.summary, overwrite=running.overwrite or running.resume)
    for output in recipe.outputs if recipe.combine and recipe.split_populations is None else ():
        FileSink(output, overwrite=running.overwrite)


def finish(
    recipe: MeasureRecipe, task: MeasureTask, done: Sequence[Done[MeasureItem]], running: Running, folder: Path | None = None
) -> tuple[tuple[Made, ...], Notes]:
    """Write what is about all items: the combined outputs, and the summary. Failed items are not in them.

    ``folder`` is where the record of the batch lies, which then tells of them, too.

    Raises
    ------
    NotesRefused, SinkError
    """
    results = [one.result for one in done if one.result is not None]
    made, notes = _combined(recipe, task, results, running)
    rows: list[Row] = [row for one in results if (facts := one.to_json().get("summary")) for row in unpacked(facts)]
    if recipe.summary is not None and rows and not running.dry_run:
        made += (_put(Path(recipe.summary), partial(write_summary, rows), overwrite=running.overwrite or running.resume),)
        record_beside(folder, recipe, [Path(recipe.summary)])
    return made, notes


def _combined(recipe: MeasureRecipe, task: MeasureTask, results: Sequence[Any], running: Running) -> tuple[tuple[Made, ...], Notes]:
    found = [one.measured for one in results if isinstance(one, MeasureResult) and one.measured is not None]
    if not found:
        return (), Notes()
    outputs = outputs_of([Path(one) for one in recipe.outputs], task.how)
    whole = Measured(gathered([one.study for one in found]), [centres for one in found for centres in one.centres], found[0].event)
    made, notes = write_all(whole, outputs, task.how, overwrite=running.overwrite)
    if running.with_recipe and not running.dry_run:
        made += tuple(_put(recipe_beside(one.path), partial(_write_recipe, recipe), overwrite=running.overwrite) for one in made if one.objects is not None)
    return made, notes


def _put(path: Path, write: Callable[[FileSink], None], *, overwrite: bool) -> Made:
    with FileSink(path, overwrite=overwrite) as sink:
        write(sink)
        return Made(path, sink.keep().stat().st_size, None)


def _write_recipe(recipe: MeasureRecipe, sink: FileSink) -> None:
    with sink.open() as file:
        file.write(recipe_bytes(recipe))
