"""Selecting in one file or study: read it, select, write it, or change it in place so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.errors import InvalidOption, NotesRefused, TooLarge, UsageError
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.image import LabelImage
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.workflow.convert import Settings, check_options, chosen, write_study
from segue.workflow.edits.between import Unsaid, patch_between
from segue.workflow.judging import with_judgement
from segue.workflow.labelled import with_labels
from segue.workflow.measuring.inputs import opened, with_segments
from segue.workflow.onto_labels import onto_labels
from segue.workflow.opening import Opened, read, recognised
from segue.workflow.selections.choice import Choice
from segue.workflow.selections.selected import Selection, again, chosen_sets, selected

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

IMAGE_SET = "{image_set}"
"""What stands for the name of each image set in the template of new labels."""


@dataclass(frozen=True)
class SelectItem:
    """One file or study (see ``jobs.item.BatchItem``)."""

    input: Path
    outputs: tuple[Path, ...]
    labels: Path | None = None
    """Its label image, or a template of those of its image sets."""
    ids_file: Path | None = None
    files: tuple[Path, ...] = ()
    """Regions, gates and polygons: the same for all."""
    in_place: bool = False

    @property
    def name(self) -> str:
        return self.input.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        own = (self.input, self.labels, self.ids_file)
        return tuple(path for path in (*own, *self.files) if path is not None and IMAGE_SET not in str(path))

    def at(self, outputs: tuple[Path, ...]) -> SelectItem:
        """The same, written elsewhere."""
        return replace(self, outputs=outputs)


@dataclass(frozen=True)
class SelectTask:
    """How items are selected in: the same for all of a batch."""

    choice: Choice
    refresh: bool = False
    image_sets: tuple[str, ...] = ()
    from_: str | None = None
    to: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    verify: bool = False
    dry_run: bool = False
    said: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, as the journal of a study keeps it."""


@dataclass(frozen=True, eq=False)
class SelectResult:
    """What became of an item (see ``jobs.item.BatchResult``)."""

    item: SelectItem
    selection: Selection
    notes: Notes
    size: int = 0
    number: int | None = None
    """Of the edit in the journal of a study; None = it cannot be undone, or nothing changed."""
    differences: Mapping[Feature, int] = field(default_factory=dict)
    """Of a dry run in place: what would be different."""

    @property
    def content(self) -> str:
        """What was selected, in a few words."""
        count = len({one.population for one in self.selection.populations})
        return f"{count:,} population{'' if count == 1 else 's'}"

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data."""
        differences = {str(feature): count for feature, count in self.differences.items()}
        found: dict[str, Any] = {"populations": [one.to_json() for one in self.selection.populations], "bytes": self.size, "number": self.number}
        return found | ({"differences": differences} if self.differences else {})


def select_item(item: SelectItem, overwrite: bool, task: SelectTask, workers: Workers | None = None) -> SelectResult:  # noqa: FBT001  # as every work
    """Select in one file or study.

    Raises
    ------
    SegueError
        Nothing is written or changed then.
    """
    if item.in_place:
        return _look(item, task, workers) if task.dry_run else _in_place(item, task, workers)
    file = recognised(item.input, task.from_)
    settings = Settings(to=task.to, options={}, strict=task.strict, dry_run=task.dry_run, verify=task.verify, overwrite=overwrite)
    study, notes = _read(read(file, chosen(task.options, file.record, "read")), item, task, workers)
    with study:
        done = _done(study, item, task, workers)
        kept = {name: value for name, value in task.options.items() if name not in chosen(task.options, file.record, "read")}
        written = write_study(done.study, item.outputs[0], replace(settings, options=kept))
    return SelectResult(item, done, notes + done.notes + written.notes, written.size)


def _read(file: Opened, item: SelectItem, task: SelectTask, workers: Workers | None) -> tuple[Study, Notes]:
    """The study of a file with its segments."""
    file, where = with_judgement(file), file.source.path.name
    if item.labels is None or task.refresh:
        study, notes = with_labels(file.study, task.options, where)
        return study, file.notes + notes
    labels = opened(item.labels, task.options)
    if any(s.images for s in file.study.image_sets):
        return with_segments(file, labels, task.options)
    study, notes = onto_labels(file.study, labels, task.options, workers, where)
    return study, file.notes + labels.notes + notes


def _done(study: Study, item: SelectItem, task: SelectTask, workers: Workers | None) -> Selection:
    if not task.refresh:
        if item.in_place and item.labels is not None:
            raise UsageError(f"{item.input.name} has labels already; --labels with --refresh gives it new ones")
        choice = task.choice if item.ids_file is None else replace(task.choice, ids_file=item.ids_file)
        done = selected(study, choice, task.image_sets, workers, item.input.name)
    else:
        labels = {} if item.labels is None else _new_labels(study, item, task)
        done = again(study, task.image_sets, labels, task.choice.layer, workers, item.input.name)
    refused = done.notes.refused
    if task.strict and len(refused):
        raise NotesRefused(f"nothing was changed, because --strict allows no loss: {'; '.join(map(str, refused))}", notes=refused.to_json())
    return done


def _new_labels(study: Study, item: SelectItem, task: SelectTask) -> dict[int, LabelImage]:
    """Place of an image set -> its new label image.

    Raises
    ------
    InvalidOption
        One file is given for several image sets.
    """
    places, template = chosen_sets(study, task.image_sets), str(item.labels)
    if IMAGE_SET in template:
        return {nth: _labels_of(Path(template.replace(IMAGE_SET, study.image_sets[nth].name)), study.image_sets[nth].name, task) for nth in places}
    if len(places) == 1:
        return {places[0]: _labels_of(Path(template), study.image_sets[places[0]].name, task)}
    names = ", ".join(repr(study.image_sets[nth].name) for nth in places[:4])
    raise InvalidOption(
        f"{item.input.name} has {len(places)} image sets ({names}) and {template} is one label image; choose one with --image-set, or write {IMAGE_SET} "
        "into the template",
        option="labels",
    )


def _labels_of(path: Path, name: str, task: SelectTask) -> LabelImage:
    found, _ = with_labels(opened(path, task.options).study, {**task.options, "role": "labels"}, path.name)
    sets = found.image_sets if len(found.image_sets) == 1 else tuple(s for s in found.image_sets if s.name == name)
    images = [image for s in sets for image in s.labels if task.choice.layer in (None, image.name)] or [image for s in sets for image in s.labels]
    if len(images) != 1:
        raise InvalidOption(
            f"{path} holds {len(images)} label images for {name or 'the image set'}; give a file with one, or name it with --layer", option="labels"
        )
    return images[0]


def _look(item: SelectItem, task: SelectTask, workers: Workers | None) -> SelectResult:
    """What would change in a study."""
    with read(recognised(item.input, task.from_)).study as study:
        done = _done(study, item, task, workers)
        return SelectResult(item, done, done.notes, differences=diff(study, done.study))


def _in_place(item: SelectItem, task: SelectTask, workers: Workers | None) -> SelectResult:
    from segue.formats.segue_study.editing import Editing

    check_options(task.options, STUDY, STUDY)
    number: int | None = None
    with Editing(item.input, trust_changes=bool(task.options.get("trust_changes"))) as session:
        done = _done(session.study, item, task, workers)
        patch = patch_between(session.study, done.study)
        if patch is not None and not isinstance(patch, Unsaid):
            try:
                number = session.record(dict(task.said), (patch,))
            except TooLarge:
                patch = Unsaid("so much changed")
    if not isinstance(patch, Unsaid):
        return SelectResult(item, done, done.notes, number=number)
    written = write_study(done.study, item.input, Settings(to=STUDY.name, overwrite=True, verify=task.verify))
    what = f"{patch.why}: too much for the journal, so the study was written anew as a whole, and segue undo does not take this back, nor what was done before"
    return SelectResult(item, done, done.notes + written.notes + Notes.of(Note(Kind.DONE, what)), written.size)
