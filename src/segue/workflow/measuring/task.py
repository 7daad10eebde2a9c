"""From the recipe of a measurement to the work that is done to each item, and to what is written when all are done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.notes import Notes
from segue.storage.sink import FileSink
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.gather import gathered
from segue.workflow.measuring.item import MeasureResult, MeasureTask, measure_item
from segue.workflow.measuring.study import Measuring
from segue.workflow.measuring.summary import Row, write_summary
from segue.workflow.measuring.units import pixel_size_of
from segue.workflow.measuring.write import How, Made, outputs_of, write_all

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.jobs.item import Done, Work
    from segue.workflow.measuring.item import MeasureItem
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
    return MeasureTask(measuring, how, recipe.from_, shared, recipe.combine, recipe.summary is not None)


def measuring(task: MeasureTask, workers: Workers | None = None) -> Work[MeasureItem]:
    """The work of a measurement."""
    return partial(measure_item, task=task, workers=workers)


def finish(recipe: MeasureRecipe, task: MeasureTask, done: Sequence[Done[MeasureItem]], *, overwrite: bool) -> tuple[tuple[Made, ...], Notes]:
    """Write what is about all items: the combined outputs, and the summary. Failed items are not in them.

    Raises
    ------
    NotesRefused, SinkError
    """
    made: tuple[Made, ...] = ()
    notes = Notes()
    results = [one.result for one in done if one.result is not None]
    studies = [one.study for one in results if isinstance(one, MeasureResult) and one.study is not None]
    if task.combine and studies:
        outputs = outputs_of([Path(one) for one in recipe.outputs], task.how)
        made, notes = write_all(gathered(studies), outputs, task.how, overwrite=overwrite)
    if recipe.summary is not None and not task.how.dry_run:
        rows: list[Row] = [row for one in results for row in _rows(one)]
        with FileSink(recipe.summary, overwrite=overwrite) as sink:
            write_summary(rows, sink)
            path = sink.keep()
        made += (Made(Path(recipe.summary), path.stat().st_size, None),)
    return made, notes


def _rows(result: Any) -> list[Row]:
    """The rows of an item; those of one that was done before stand in the record of the job."""
    return list(result.to_json().get("summary", ()))
