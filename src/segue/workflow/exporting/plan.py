"""What an export will do, decided before a pixel is read: only what files say about themselves is looked at.

Every problem is found, whatever the number of inputs: `ExportPlan.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from segue.errors import Incompatible, SegueError, UsageError
from segue.tasks.workers import AHEAD, cores
from segue.workflow.exporting.checks import collisions, disks, existing, of_sequence, over_input
from segue.workflow.exporting.choice import Exporting, exporting_of
from segue.workflow.exporting.inputs import Entry, entries, files_of_items
from segue.workflow.exporting.item import ExportItem
from segue.workflow.exporting.naming import into_folder, named, template_for
from segue.workflow.exporting.opening import looked_at
from segue.workflow.exporting.outcome import Outcome, misfits, outcome
from segue.workflow.exporting.prediction import ExportPlan, Prediction, Problem
from segue.workflow.exporting.slices import slice_axes, slice_set, step_axis
from segue.workflow.exporting.template import SLICE, Template
from segue.workflow.measuring.item import check_options
from segue.workflow.pairing import Pair
from segue.workflow.plan import Plan, Planned, job_folder
from segue.workflow.recipe_export import ExportRecipe

MOST = 1_000_000
"""Files of a sequence."""


@dataclass(frozen=True)
class _Frame:
    """What all items have in common."""

    how: Exporting
    template: Template | None
    """None = it cannot be understood."""
    replacing: bool
    """Whether outputs that exist are no problem."""

    @property
    def sequence(self) -> bool:
        return self.template is not None and SLICE in self.template.names


def plan_export(recipe: ExportRecipe, *, overwrite: bool = False, resume: bool = False) -> ExportPlan:
    """Plan an export.

    Parameters
    ----------
    recipe
        What is asked for.
    overwrite, resume
        Whether outputs that exist may be replaced, or are those of an earlier run: then they are no problem.

    Raises
    ------
    UsageError
        The format, or a setting, cannot be understood.
    NotFound
        An input does not exist.
    """
    how = exporting_of(recipe)
    found = (entry for files, name in files_of_items(recipe) for entry in entries(files, name, recipe, how))
    return plan_entries(found, recipe, how, replacing=overwrite or resume)


def plan_entries(found: Iterable[Entry], recipe: ExportRecipe, how: Exporting, *, replacing: bool) -> ExportPlan:
    """Plan the export of image sets, whose files need to be open only while each is looked at."""
    template, problems = _template(recipe, how)
    frame = _Frame(how, template, replacing)
    predictions: list[Prediction] = []
    for entry in found:
        prediction, errors = _predicted(entry, len(predictions), frame)
        problems += [Problem(error, prediction.item.name, len(predictions)) for error in errors]
        predictions.append(prediction)
    problems += [] if template is None else collisions(predictions, template)
    more, said = disks(predictions, how)
    return _whole(recipe, how, predictions, [*problems, *more], tuple(said))


def _template(recipe: ExportRecipe, how: Exporting) -> tuple[Template | None, list[Problem]]:
    try:
        template = template_for(recipe.output, how)
    except UsageError as error:
        return None, [Problem(error)]
    return template, list(of_sequence(template, how))


def _whole(recipe: ExportRecipe, how: Exporting, predictions: list[Prediction], problems: list[Problem], said: tuple[str, ...]) -> ExportPlan:
    batch = into_folder(recipe.output, how) or "{" in recipe.output or len(predictions) > 1
    bad: dict[int | None, str] = {}
    if recipe.skip_problems and batch and all(one.number is not None for one in problems):
        bad = {one.number: str(one.error) for one in reversed(problems)}
        problems = []
    planned = [
        Planned(Pair(one.item.nickname, one.item.source, missing=bad.get(number, "")), None if number in bad else one.item)
        for number, one in enumerate(predictions)
    ]
    predictions = [one for number, one in enumerate(predictions) if number not in bad]
    targets = [target for one in predictions for target in one.item.outputs]
    folder = job_folder(recipe.output, targets) if batch and targets else None
    return ExportPlan(Plan(tuple(planned), batch, folder), tuple(predictions), tuple(problems), said)


def _predicted(entry: Entry, number: int, frame: _Frame) -> tuple[Prediction, list[SegueError]]:
    """What an item will write, and what speaks against it."""
    how, record = frame.how, frame.how.container.record
    item = ExportItem(entry.files, entry.nickname, (), "", entry.part)
    if entry.chosen is None:
        return Prediction(item, record.name), [entry.error] if entry.error else []
    made = outcome(entry.chosen, how, sequence=frame.sequence)
    errors = list(made.errors)
    step, indexes = _steps(made, frame, errors)
    errors += [] if made.errors else _misfits(made, step, how)
    block = 0
    try:
        if frame.template is not None:
            item = replace(item, **named(frame.template, entry, made, number + 1, how, step, indexes))
        check_options(how.options, [entry.record] if entry.record else [], [record])
        target = next(iter(item.outputs), Path(f"x{how.container.ending}"))
        options = record.options("write", how.write_options(target, "labels" if entry.chosen.labels else "image"))
        if not errors:
            block, error = looked_at(record, made.image_set if step is None else slice_set(made.image_set, step, 0), target, options)
            errors += [] if error is None else [error]
    except SegueError as error:
        errors.append(error)
    errors += over_input(item) + ([] if frame.replacing else existing(item))
    facts = (made.shape, made.axes, made.dtype.name, step, made.pixels.chunks, made.bytes, _memory(entry, made, how, block), made.said)
    return Prediction(item, record.name, entry.chosen.to_json(), *facts), errors


def _steps(made: Outcome, frame: _Frame, errors: list[SegueError]) -> tuple[str | None, range]:
    """The axis of a sequence, and its indexes in the coordinates of the source."""
    if not frame.sequence:
        return None, range(0)
    wanted = frame.how.step
    step = step_axis(made.axes, made.shape, wanted)
    if step is None:
        what = f"no axis {wanted}" if wanted else "no axis besides y and x"
        errors.append(Incompatible(f"the output ({made.axes}) has {what} to make a sequence of; leave out {{{SLICE}}}", axes=made.axes))
        return None, range(0)
    size, first = made.shape[made.axes.index(step)], made.window.get(step, (0, 1))[0]
    if size > MOST:
        errors.append(Incompatible(f"a sequence along {step} would be {size:,} files; cut it, or choose another axis with --step", axis=step))
        return None, range(0)
    return step, range(first, first + size)


def _misfits(made: Outcome, step: str | None, how: Exporting) -> list[SegueError]:
    shape, axes, record = made.shape, made.axes, how.container.record
    if step is not None:
        at = axes.index(step)
        shape, axes = shape[:at] + shape[at + 1 :], slice_axes(axes, step)
        if not {"y", "x"} <= set(axes):
            return [Incompatible(f"a slice of {made.axes} along {step} is no plane with y and x; put z, t or c leftmost with --axes, or choose it with --step")]
    return misfits(how.container.holds, record.title, shape, made.dtype, axes)


def _memory(entry: Entry, made: Outcome, how: Exporting, block: int) -> int:
    """Bytes that are needed at once: the blocks that all threads read ahead, before and after the change."""
    assert entry.chosen is not None
    decoded = int(np.prod(made.pixels.chunks, dtype=np.int64)) if made.pixels.chunks else 0
    each = entry.chosen.picture.pixels.dtype.itemsize + made.dtype.itemsize + (8 if how.renormalise is not None else 0)
    return max(block, decoded) * each * AHEAD * cores()
