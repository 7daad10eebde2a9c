"""Writing what was measured: each output in its form, all of them or none, and what they cost.

What lies in the files that were measured (pixels, outlines) is not lost when a table does not repeat it; what was measured, and who was measured,
is compared with what each file holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import NotesRefused
from segue.formats.catalog import FORMATS
from segue.formats.format import Accepts, Format
from segue.formats.options import Options
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.select import take_objects
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.workflow.compare import losses
from segue.workflow.convert import chosen
from segue.workflow.derive import Policy
from segue.workflow.derive_points import points_from_shapes
from segue.workflow.measure_values import TABLE
from segue.workflow.prepare import prepare
from segue.workflow.targets import implied_options, target_format

RESULT = frozenset(
    {F.IMAGE_SETS, F.OBJECTS, F.OBJECT_ORDER, F.OBJECT_ID, F.OBJECT_LABEL, F.OBJECT_TIME, F.OBJECT_NAME, F.LAYER, F.TRACK}
    | {F.VALUES, F.POPULATIONS, F.MEMBERSHIP, F.CONNECTIONS}
)
"""What measuring gives; everything else stays in the files that were measured."""

PRESET_FORMATS = {"imagej": "imagej-results"}
"""The format that is meant where a program's columns go into a text table."""


@dataclass(frozen=True)
class Output:
    """A file to write."""

    target: Path
    record: Format
    options: Options


@dataclass(frozen=True)
class Written:
    """A file that was written, or would be."""

    target: Path
    size: int
    objects: int


@dataclass(frozen=True)
class How:
    """How outputs are written."""

    to: tuple[str, ...] = ()
    """Names of formats: none, one for all outputs, or one per output."""
    preset: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    dry_run: bool = False


def record_of(target: Path, to: str | None, preset: str | None = None) -> Format:
    """The format of an output: the named one, that of the preset, or that of the suffix.

    Raises
    ------
    UsageError, UnknownFormat
    """
    meant = FORMATS.get(PRESET_FORMATS.get(preset or "", ""))
    if to is None and meant is not None and meant.writes and target.name.lower().endswith(meant.suffixes):
        return meant
    return target_format(target, to)


def output(target: Path, to: str | None, how: How) -> Output:
    """An output with its checked options."""
    record = record_of(target, to, how.preset)
    return Output(target, record, record.options("write", {**implied_options(record, target), **chosen(how.options, record, "write")}))


def write_all(study: Study, outputs: Sequence[Output], how: How, *, overwrite: bool, where: str = "") -> tuple[tuple[Written, ...], Notes]:
    """Write a measured study to every output; if one fails, none is kept.

    Raises
    ------
    NotesRefused
        ``strict``, and something that was measured would be lost or changed.
    SinkError
    """
    ready = [(one, *fitted(study, one, how.options, where)) for one in outputs]
    notes = Notes.joined(more for _, _, more in ready)
    if how.strict and len(notes.refused):
        names = ", ".join(one.target.name for one in outputs)
        raise NotesRefused(f"{names} not written, because --strict allows no loss: {'; '.join(map(str, notes.refused))}", notes=notes.to_json())
    with ExitStack() as stack:
        sinks: list[DiscardSink | FileSink] = []
        for one, what, _ in ready:
            sink = DiscardSink(one.target) if how.dry_run else FileSink(one.target, overwrite=overwrite)
            stack.enter_context(sink)
            one.record.write(what, sink, one.options)
            sinks.append(sink)
        kept = [sink.keep() if isinstance(sink, FileSink) else None for sink in sinks]
    sizes = [size_of_files(path) if path else 0 for path in kept]
    counts = [sum(len(s.objects) for s in what.image_sets) for _, what, _ in ready]
    return tuple(Written(one.target, size, count) for one, size, count in zip(outputs, sizes, counts, strict=True)), notes


def fitted(study: Study, one: Output, settings: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """What a file will hold, and what of the result it does not."""
    if one.record.name == STUDY.name:
        return one.record.fitted(study, one.options), Notes()
    study = study.map(_measured_only)
    if one.record.accepts == {Accepts.TABLE}:
        source, ready, notes = study.map(_bare), study.map(lambda s: points_from_shapes(s)[0]), Notes()
    else:
        source, ready, notes = prepare(study.map(lambda s: replace(s, images=())), one.record, Policy(), settings, where)
    held = one.record.fitted(ready, one.options)
    return held, notes + losses(_result(source, one.record), _result(held, one.record), one.record)


def _result(study: Study, record: Format) -> Study:
    """What measuring gave, and of the rest what the format has a place for; outlines and what columns mean can be had again."""
    return keep(study, (RESULT | set(record.keeps)) - {F.COLUMNS}).map(_without_shapes)


def _measured_only(s: ImageSet) -> ImageSet:
    """Without objects that were not measured, as those of other layers."""
    table = s.tables.get(TABLE)
    if table is None or len(table) == len(s.objects):
        return s
    return take_objects(s, table.frame["row"].to_numpy().astype(np.int64))


def _bare(s: ImageSet) -> ImageSet:
    return replace(s, images=(), labels=(), shapes=Shapes.empty())


def _without_shapes(s: ImageSet) -> ImageSet:
    return replace(s, shapes=Shapes.empty())


def size_of_files(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
