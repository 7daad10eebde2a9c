"""Writing what was measured: each output in its form, all of them or none, and what they cost.

What lies in the files that were measured (pixels, outlines) is not lost when a table does not repeat it; what was measured, and who was measured,
is compared with what each file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import InvalidOption, NotesRefused
from segue.formats.catalog import FORMATS
from segue.formats.format import Accepts, Format
from segue.formats.options import Options
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.populations import Population
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
from segue.workflow.measuring.dictionary import dictionary_path, write_dictionary
from segue.workflow.measuring.split import PLACE, chosen_populations, members_only, split_targets
from segue.workflow.measuring.values import TABLE
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
    """A file to write; with ``{population}`` in its name one per population."""

    target: Path
    record: Format
    options: Options


@dataclass(frozen=True)
class Made:
    """A file that was written, or would be."""

    path: Path
    size: int
    objects: int | None
    """None = it is about columns."""


@dataclass(frozen=True)
class How:
    """How outputs are written."""

    to: tuple[str, ...] = ()
    """Names of formats: none, one for all outputs, or one per output."""
    preset: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    split: tuple[str, ...] | None = None
    """One file per population: names, empty = all; None = one file of all objects."""
    undefined: str | None = None
    dictionary: bool = False
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


def outputs_of(targets: Sequence[Path], how: How, number: int | None = None) -> list[Output]:
    """Outputs with their checked options.

    Parameters
    ----------
    targets
        Where they go.
    how
        How they are written.
    number
        The place of the image among several, from 1: events of several files can then be told apart.

    Raises
    ------
    InvalidOption
        An option has a value that it cannot take, or ``undefined`` is given and no output is a text table.
    """
    to = how.to if len(how.to) == len(targets) else how.to * len(targets) or (None,) * len(targets)
    records = [record_of(target, name, how.preset) for target, name in zip(targets, to, strict=True)]
    if how.undefined is not None and not any("undefined" in fields_of(record, "write") for record in records):
        raise InvalidOption(f"--undefined is for text tables; {records[0].title} has none", option="undefined")
    return [Output(target, record, _options(target, record, how, number)) for target, record in zip(targets, records, strict=True)]


def _options(target: Path, record: Format, how: How, number: int | None) -> Options:
    """What the user says, else what the suffix implies and the batch needs."""
    own = {"undefined": how.undefined, "image_index": number}
    given = {name: value for name, value in own.items() if value is not None and name in fields_of(record, "write")}
    return record.options("write", {**implied_options(record, target), **given, **chosen(how.options, record, "write")})


def fields_of(record: Format, which: str) -> list[str]:
    """Names of the options of a reader or writer."""
    if (record.read_options if which == "read" else record.write_options) is None:
        return []
    return list(type(record.options(which)).model_fields)


def write_all(study: Study, outputs: Sequence[Output], how: How, *, overwrite: bool, where: str = "") -> tuple[tuple[Made, ...], Notes]:
    """Write a measured study to every output; if one fails, none is kept.

    Raises
    ------
    NotesRefused
        ``strict``, and something that was measured would be lost or changed.
    InvalidOption
        There is no population of a name.
    SinkError
    """
    populations = None if how.split is None else chosen_populations(study, how.split)
    ready = [(part, *fitted(mine, part, how.options, where)) for one in outputs for part, mine in _parts(study, one, populations)]
    notes = Notes.joined(more for _, _, more in ready).merged()
    if how.strict and len(notes.refused):
        names = ", ".join(one.target.name for one in outputs)
        raise NotesRefused(f"{names} not written, because --strict allows no loss: {'; '.join(map(str, notes.refused))}", notes=notes.to_json())
    writing: list[tuple[Path, Callable[..., None], int | None]] = [
        (one.target, partial(one.record.write, what, options=one.options), _count(what)) for one, what, _ in ready
    ]
    if how.dictionary:
        named = dict.fromkeys(dictionary_path(Path(str(one.target).replace(PLACE, "populations"))) for one in outputs)
        writing += [(path, partial(write_dictionary, study), None) for path in named]
    return _written(writing, dry_run=how.dry_run, overwrite=overwrite), notes


def _written(writing: Sequence[tuple[Path, Callable[..., None], int | None]], *, dry_run: bool, overwrite: bool) -> tuple[Made, ...]:
    with ExitStack() as stack:
        sinks: list[DiscardSink | FileSink] = []
        for target, write, _ in writing:
            sink = DiscardSink(target) if dry_run else FileSink(target, overwrite=overwrite)
            stack.enter_context(sink)
            write(sink=sink)
            sinks.append(sink)
        kept = [sink.keep() if isinstance(sink, FileSink) else None for sink in sinks]
    sizes = [size_of_files(path) if path else 0 for path in kept]
    return tuple(Made(target, size, count) for (target, _, count), size in zip(writing, sizes, strict=True))


def _parts(study: Study, one: Output, populations: Sequence[Population] | None) -> Iterator[tuple[Output, Study]]:
    """The files of an output with what goes into each."""
    if populations is None:
        yield one, study
        return
    for population, target in zip(populations, split_targets(one.target, populations), strict=True):
        options = one.options
        if "population" in type(options).model_fields:
            options = options.model_copy(update={"population": " / ".join(population.name)})
        yield Output(target, one.record, options), members_only(study, population)


def _count(study: Study) -> int:
    return sum(len(s.objects) for s in study.image_sets)


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
