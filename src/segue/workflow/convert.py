"""Converting one item: read, derive what the writer takes, write, and say what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segue.errors import Incompatible, InvalidOption, NotesRefused, SinkError
from segue.formats.format import Accepts, Format, load
from segue.formats.options import Options
from segue.model.diff import diff
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.workflow.compare import losses
from segue.workflow.derive import Policy
from segue.workflow.judging import with_judgement
from segue.workflow.onto_labels import onto_labels
from segue.workflow.opening import Opened, open_path, read, recognised, with_grid_of, with_image_of
from segue.workflow.prepare import SETTINGS, Gates, prepare
from segue.workflow.targets import implied_options, target_format


@dataclass(frozen=True)
class Settings:
    """How to convert: the same for every item of a batch."""

    from_: str | None = None
    to: str | None = None
    policy: Policy = field(default_factory=Policy)
    options: Mapping[str, Any] = field(default_factory=dict)
    """``--set``: options of the reader, of the writer, and of the conversion (``prepare.SETTINGS``)."""
    strict: bool = False
    dry_run: bool = False
    verify: bool = False
    overwrite: bool = False
    image_set: str | int | None = None
    """The only image set that is converted; None = all."""


@dataclass(frozen=True)
class Item:
    """One conversion."""

    source: Path
    target: Path
    image: Path | None = None
    table: Path | None = None
    populations: tuple[Path, ...] = ()
    """Files whose rows are populations: gates, lists of ids or labels, other results."""
    shared: bool = False
    """Whether other items have the same files of populations."""
    labels: Path | None = None
    """The label image that its segments are in."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.source.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Everything that is read."""
        return tuple(path for path in (self.source, self.image, self.labels, self.table, *self.populations) if path is not None)

    @property
    def outputs(self) -> tuple[Path, ...]:
        """What is written."""
        return (self.target,)

    def at(self, outputs: tuple[Path, ...]) -> Item:
        """The same conversion, written elsewhere."""
        return replace(self, target=outputs[0])


@dataclass(frozen=True)
class Result:
    """What became of an item."""

    item: Item
    notes: Notes
    objects: int
    images: int
    size: int
    """Bytes written; 0 for a dry run."""

    @property
    def content(self) -> str:
        """What was written, in a few words."""
        count, what = (self.objects, "object") if self.objects or not self.images else (self.images, "image")
        return f"{count:,} {what}{'' if count == 1 else 's'}"

    def to_json(self) -> dict[str, Any]:
        """Its facts as plain data, without the notes."""
        return {"objects": self.objects, "bytes": self.size}


def convert_item(item: Item, settings: Settings) -> Result:
    """Convert one file into another.

    Raises
    ------
    SegueError
        NotesRefused with ``strict`` when something would be lost or changed; nothing is written then.
    """
    record = target_format(item.target, settings.to)
    opened, notes = _open(item, record, settings)
    with opened.study as study:
        write_options = _write_options(record, item.target, settings)
        table = None if item.table is None else open_table(item.table, settings.options)
        return _write(study, item, record, write_options, settings, notes if table is None else notes + table.notes, table)


def preview_item(item: Item, settings: Settings, rows: int = 10, longest: int = 10_000) -> Any:
    """The columns and first rows of the table that would be written (``segue.formats.*.preview.Preview``); nothing is written.

    Raises
    ------
    Incompatible
        The format has no preview.
    SegueError
        As ``convert_item``.
    """
    record = target_format(item.target, settings.to)
    if record.preview is None:
        raise Incompatible(f"there is no preview of {record.name}; use --dry-run to see what would be lost", path=item.target)
    opened, _ = _open(item, record, settings)
    with opened.study as study:
        options = _write_options(record, item.target, settings)
        table = None if item.table is None else open_table(item.table, settings.options)
        gates = Gates(item.populations, item.shared)
        _, ready, _ = prepare(study, record, settings.policy, settings.options, item.source.name, table, gates)
        return load(record.preview)(ready, options, rows, longest)


def write_study(study: Study, target: Path, settings: Settings) -> Result:
    """Write a study that is in memory."""
    record = target_format(target, settings.to)
    check_options(settings.options, record, record)
    options = _write_options(record, target, settings)
    return _write(study, Item(target, target), record, options, settings, Notes())


def _open(item: Item, record: Format, settings: Settings) -> tuple[Opened, Notes]:
    file = recognised(item.source, settings.from_)
    companions = [recognised(path).record for path in (*([] if item.table is None else [item.table]), *item.populations)]
    check_options(settings.options, file.record, record, *companions, more=("population",) if item.populations else ())
    mine = chosen(settings.options, file.record, "read")
    opened = read(file, {key: value for key, value in mine.items() if key != "population"} if item.populations else mine, settings.image_set)
    opened = with_judgement(opened)
    notes = opened.notes
    if item.image is not None:
        image = open_path(item.image)
        study = with_grid_of(opened.study, image)
        if settings.options.get("role") == "image" and Accepts.PIXELS in record.accepts:
            study = with_image_of(study, image)
        opened, notes = replace(opened, study=study), notes + image.notes
    if item.labels is not None:
        labels = open_path(item.labels)
        study, more = onto_labels(opened.study, labels, _of_labels(settings.options), where=item.source.name)
        opened, notes = replace(opened, study=study), notes + labels.notes + more
    return opened, notes


def _of_labels(options: Mapping[str, Any]) -> dict[str, Any]:
    """How the label image beside a file is taken; ``role=image`` is about the image."""
    return {name: value for name, value in options.items() if name in SETTINGS and (name, value) != ("role", "image")}


def open_table(path: Path, options: Mapping[str, Any]) -> Opened:
    """A table that is to be joined: ids and labels that occur twice are an error."""
    file = recognised(path)
    strict = {"repeated": "error"} if "repeated" in _fields(file.record, "read") else {}
    return read(file, strict | chosen(options, file.record, "read"))


def check_options(options: Mapping[str, Any], reader: Format, writer: Format, *companions: Format, more: Sequence[str] = ()) -> None:
    """Raise InvalidOption if a key of ``--set`` belongs neither to a reader, nor to the writer, nor to the conversion."""
    known = {
        name: None for record, which in ((reader, "read"), (writer, "write"), *((one, "read") for one in companions)) for name in _fields(record, which)
    } | dict.fromkeys((*SETTINGS, *more))
    for name in options:
        if name not in known:
            raise InvalidOption(f"--set {name}: no such option here; there are: {', '.join(known)}", option=name, allowed=", ".join(known))


def _fields(record: Format, which: str) -> list[str]:
    if (record.read_options if which == "read" else record.write_options) is None:
        return []
    return list(type(record.options(which)).model_fields)


def _write_options(record: Format, target: Path, settings: Settings) -> Options:
    """What the user says, else what the suffix of the target implies."""
    return record.options("write", {**implied_options(record, target), **chosen(settings.options, record, "write")})


def chosen(options: Mapping[str, Any], record: Format, which: str) -> dict[str, Any]:
    """The options that belong to the reader or writer of a format."""
    names = _fields(record, which)
    return {name: value for name, value in options.items() if name in names}


def _write(study: Study, item: Item, record: Format, options: Options, settings: Settings, notes: Notes, table: Opened | None = None) -> Result:
    target = item.target
    source, ready, more = prepare(study, record, settings.policy, settings.options, item.source.name, table, Gates(item.populations, item.shared))
    fitted = record.fitted(ready, options)
    notes += more + losses(source, fitted, record) + record.advised(fitted, options)
    if settings.strict and len(notes.refused):
        raise NotesRefused(f"{target.name} was not written, because --strict allows no loss: {'; '.join(map(str, notes.refused))}", notes=notes.to_json())
    written = ready.image_sets[: len(fitted.image_sets)]
    objects, images = sum(len(s.objects) for s in written), sum(len(s.images) + len(s.labels) for s in fitted.image_sets)
    if settings.dry_run:
        with DiscardSink(target) as nowhere:
            record.write(fitted, nowhere, options)
        return Result(item, notes, objects, images, 0)
    with FileSink(target, overwrite=settings.overwrite) as sink:
        record.write(fitted, sink, options)
        if settings.verify:
            _verify(fitted, sink.path, record, target)
            notes += Notes.of(Note(Kind.ASSUMED, "read back and compared: equal"))
        kept = sink.keep()
    return Result(item, notes, objects, images, _size(kept))


def _verify(fitted: Study, path: Path, record: Format, target: Path) -> None:
    with record.read(Source(path))[0] as back:
        found = diff(fitted, back)
    if found:
        facts = ", ".join(f"{count:,} {feature}" for feature, count in found.items())
        raise SinkError(f"{target} was not kept: read back, it differs in {facts}; please report this as a bug of segue", path=target)


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
