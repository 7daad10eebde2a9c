"""Measuring one item: read image and segments, measure, write every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.errors import InvalidOption
from segue.formats.format import Format
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.workflow.gates import with_populations
from segue.workflow.measuring.event import event_of
from segue.workflow.measuring.fitting import Measured
from segue.workflow.measuring.image_item import ImageItem
from segue.workflow.measuring.inputs import opened, with_segments
from segue.workflow.measuring.outputs import How, fields_of, outputs_of, with_sample
from segue.workflow.measuring.panel import panel_names
from segue.workflow.measuring.result import Result
from segue.workflow.measuring.study import Measuring, measured_with_centres
from segue.workflow.measuring.summary import Row, packed, summary_rows
from segue.workflow.measuring.write import write_all
from segue.workflow.prepare import SETTINGS

if TYPE_CHECKING:
    from segue.tasks.workers import Workers
    from segue.workflow.recipe_measure import MeasureRecipe


@dataclass(frozen=True)
class MeasureItem(ImageItem):
    """One measurement: an image, its segments, and where the values go."""

    labels: Path | None = None
    """None = the image's file holds them, too."""
    populations: tuple[Path, ...] = ()
    panel: Path | None = None
    """The table that names the channels."""
    nickname: str = ""
    """What the image is called where its file does not say."""
    beside: bool = False
    """Whether the file of the segments was found by its name, not named by the user."""

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        return tuple(one for one in (self.image, self.labels, *self.populations, self.panel) if one is not None)


@dataclass(frozen=True)
class MeasureTask:
    """How items are measured and written: the same for all of a batch."""

    measuring: Measuring
    how: How = field(default_factory=How)
    from_: str | None = None
    shared: bool = False
    """Whether several items have the same files of populations, which then have to say which image they are about."""
    combine: bool = False
    """Whether what was measured is handed back, not written."""
    summary: bool = False
    recipe: MeasureRecipe | None = None
    """What was asked for, for the history of studies."""
    image_set: str | int | None = None
    """The only image set of the image that is measured; None = all."""


@dataclass(frozen=True, eq=False)
class MeasureResult(Result):
    """What became of an item."""

    summary: tuple[Row, ...] = ()
    measured: Measured | None = None
    """What was measured, where it is not written yet."""

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data, with the rows for a summary."""
        return super().to_json() | ({"summary": packed(self.summary)} if self.summary else {})


def measure_item(item: MeasureItem, overwrite: bool, task: MeasureTask, workers: Workers | None = None) -> MeasureResult:  # noqa: FBT001  # as every work
    """Measure the segments of one image and write what was measured.

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    outputs = outputs_of(item.outputs, task.how, item.number)
    study, notes = opened_item(item, task, [one.record for one in outputs])
    with study:
        measured, more = _measured(study, item, task, workers)
        notes += more
        rows = tuple(summary_rows(measured.study, item.nickname or item.name)) if task.summary else ()
        objects = sum(len(s.objects) for s in measured.study.image_sets)
        if task.combine:
            return MeasureResult(item, (), notes, objects, rows, replace(measured, study=_alone(measured.study, item.nickname)))
        outputs = [with_sample(one, measured.study, item.nickname) for one in outputs]
        made, lost = write_all(measured, outputs, task.how, overwrite=overwrite, where=item.name, called=item.nickname)
    return MeasureResult(item, made, notes + lost, objects, rows)


def opened_item(item: MeasureItem, task: MeasureTask, writers: list[Format]) -> tuple[Study, Notes]:
    """The image and the segments of an item as one study."""
    options = task.how.options
    image = opened(item.image, _of_image(item, options), task.from_, task.image_set)
    labels = None if item.labels is None else opened(item.labels, options)
    check_options(options, [image.record, *([labels.record] if labels else [])], writers)
    study, notes = with_segments(image, labels, options)
    if item.beside and item.labels is not None and item.number is None:
        notes = Notes.of(Note(Kind.ASSUMED, f"its segments are those of {item.labels.name}")) + notes
    return study, notes


def _of_image(item: MeasureItem, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of the image's reader: the role is about the labels, and a label image among the channels is none of them."""
    if item.labels is None:
        return options
    apart = {"exclude": item.labels.name} if item.labels.parent == item.image else {}
    return {**apart, **{name: value for name, value in options.items() if name != "role"}}


def _measured(study: Study, item: MeasureItem, task: MeasureTask, workers: Workers | None) -> tuple[Measured, Notes]:
    how = task.measuring
    if item.panel is not None:
        how = replace(how, channels=panel_names(item.panel))
    study, centres, notes = measured_with_centres(study, how, workers, item.name)
    if item.populations:
        labels = [s.labels for s in study.image_sets]
        bare = study.map(lambda s: replace(s, labels=()))  # every label is an object by now
        bare, more = with_populations(bare, item.populations, task.how.options, (item.nickname, item.name), shared=task.shared)
        study = replace(bare, image_sets=tuple(replace(s, labels=own) for s, own in zip(bare.image_sets, labels, strict=True)))
        notes += more
    return Measured(study, centres, None if task.recipe is None else partial(event_of, task.recipe, item)), notes


def _alone(study: Study, name: str) -> Study:
    """The study with names, without what is to be closed: it goes on without its files."""
    return replace(study.map(lambda s: s if s.name else replace(s, name=name)), close=None)


def check_options(options: Mapping[str, Any], readers: list[Format], writers: list[Format]) -> None:
    """Raise InvalidOption if a key of ``--set`` belongs neither to a reader, nor to a writer, nor to what takes an image as labels."""
    fields = [fields_of(record, "read") for record in readers] + [fields_of(record, "write") for record in writers]
    known = dict.fromkeys([name for names in fields for name in names] + list(SETTINGS))
    for name in options:
        if name not in known:
            raise InvalidOption(f"--set {name}: no such option here; there are: {', '.join(known)}", option=name, allowed=", ".join(known))
