"""Segmenting one item: read an image, find its particles, write every output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from segue.formats.format import Accepts
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.event import event_of
from segue.workflow.measuring.fitting import Measured
from segue.workflow.measuring.image_item import ImageItem
from segue.workflow.measuring.inputs import opened
from segue.workflow.measuring.item import check_options
from segue.workflow.measuring.outputs import How, Output, outputs_of
from segue.workflow.measuring.result import Result
from segue.workflow.measuring.study import Measuring, measured_with_centres
from segue.workflow.measuring.units import pixel_size_of, with_pixel_size
from segue.workflow.measuring.write import write_all
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.segmenting.choice import Segmenting
from segue.workflow.segmenting.study import segmented_study

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True)
class SegmentItem(ImageItem):
    """One segmentation: an image, and where its particles go."""


@dataclass(frozen=True)
class SegmentTask:
    """How items are segmented and written: the same for all of a batch."""

    segmenting: Segmenting
    how: How = field(default_factory=How)
    from_: str | None = None
    pixel_size: str | None = None
    statistics: tuple[str, ...] = ()
    physical: bool = False
    """Whether lengths and areas in tables are in the unit of the pixel size."""
    recipe: SegmentRecipe | None = None
    """What was asked for, for the history of studies."""


@dataclass(frozen=True, eq=False)
class SegmentResult(Result):
    """What became of an item."""


def segment_item(item: SegmentItem, overwrite: bool, task: SegmentTask, workers: Workers | None = None) -> SegmentResult:  # noqa: FBT001  # as every work
    """Find the particles of one image and write them, and where asked for what was measured of them.

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    outputs = outputs_of(item.outputs, task.how, item.number)
    image = opened(item.image, task.how.options, task.from_)
    check_options(task.how.options, [image.record], [one.record for one in outputs])
    with image.study as study:
        if task.pixel_size:
            size = pixel_size_of(task.pixel_size)
            study = study.map(lambda s: with_pixel_size(s, size))
        found, notes = segmented_study(study, task.segmenting, item.name, workers)
        result = Measured(found, event=None if task.recipe is None else partial(event_of, task.recipe, item))
        if _measures(outputs, task):
            measuring = Measuring(choice_of(task.statistics, task.how.preset), physical=task.physical)
            measured, centres, more = measured_with_centres(found, measuring, workers, item.name)
            result, notes = replace(result, study=measured, centres=centres), notes + more
        made, lost = write_all(result, outputs, task.how, overwrite=overwrite, where=item.name)
    return SegmentResult(item, made, image.notes + notes + lost, sum(len(s.objects) for s in found.image_sets))


def _measures(outputs: Sequence[Output], task: SegmentTask) -> bool:
    """Whether something is measured: because it was asked for, or because an output is a table."""
    return bool(task.statistics or task.how.preset) or any(one.record.accepts == {Accepts.TABLE} for one in outputs)
