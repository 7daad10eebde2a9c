"""Writing what was measured: every output in its form, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from segue.errors import NotesRefused
from segue.model.features import Feature
from segue.model.populations import Population
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.workflow.measuring.dictionary import dictionary_path, write_dictionary
from segue.workflow.measuring.fitting import Measured, fitted
from segue.workflow.measuring.outputs import How, Output, outputs_of, record_of
from segue.workflow.measuring.split import PLACE, chosen_populations, members_only, split_targets

__all__ = ["How", "Made", "Measured", "Output", "outputs_of", "record_of", "write_all"]


@dataclass(frozen=True)
class Made:
    """A file that was written, or would be."""

    path: Path
    size: int
    objects: int | None
    """None = it is about columns."""


def write_all(given: Measured | Study, outputs: Sequence[Output], how: How, *, overwrite: bool, where: str = "") -> tuple[tuple[Made, ...], Notes]:
    """Write a measured study to every output; if one fails, none is kept.

    Raises
    ------
    NotesRefused
        ``strict``, and something that was measured would be lost or changed.
    InvalidOption
        There is no population of a name.
    SinkError
    """
    measured = Measured(given) if isinstance(given, Study) else given
    populations, notes = (None, Notes()) if how.split is None else chosen_populations(measured.study, how.split)
    parts = [(one is not part, part, mine) for one in outputs for part, mine in _parts(measured, one, populations)]
    ready = [(part, *fitted(mine, part, how.options, where)) for _, part, mine in parts]
    notes += lost_everywhere([(partly, more) for (partly, _, _), (_, _, more) in zip(parts, ready, strict=True)])
    if how.strict and len(notes.refused):
        names = ", ".join(one.target.name for one in outputs)
        raise NotesRefused(f"{names} not written, because --strict allows no loss: {'; '.join(map(str, notes.refused))}", notes=notes.to_json())
    writing: list[tuple[Path, Callable[..., None], int | None]] = [
        (one.target, partial(one.record.write, what, options=one.options), _count(what)) for one, what, _ in ready
    ]
    if how.dictionary:
        named = dict.fromkeys(dictionary_path(Path(str(one.target).replace(PLACE, "populations"))) for one in outputs)
        writing += [(path, partial(write_dictionary, measured.study, how.preset), None) for path in named]
    return _written(writing, dry_run=how.dry_run, overwrite=overwrite), notes


def lost_everywhere(found: Sequence[tuple[bool, Notes]]) -> Notes:
    """The notes of several outputs of the same result; what one of them holds whole is not lost because another does not.

    Parameters
    ----------
    found
        Per file whether it holds only a part of the objects, and its notes.
    """
    whole = [notes for part, notes in found if not part]
    lost = [{note.feature for note in notes.of_kind(Kind.LOST)} for notes in whole]
    changed = [{note.feature for note in notes.refused} for notes in whole]
    everything = Notes.joined(notes for _, notes in found)
    return Notes(tuple(note for note in everything if _counts(note, lost if note.kind is Kind.LOST else changed))).merged()


def _counts(note: Note, of_each: Sequence[Collection[Feature | None]]) -> bool:
    """Whether a note stays: no output has all of its feature (or, of something lost, some form of it)."""
    return note.feature is None or note.kind not in (Kind.LOST, Kind.CHANGED) or all(note.feature in one for one in of_each)


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


def _parts(measured: Measured, one: Output, populations: Sequence[Population] | None) -> Iterator[tuple[Output, Measured]]:
    """The files of an output with what goes into each: one per population where its name has a place for that."""
    if populations is None or PLACE not in str(one.target):
        yield one, measured
        return
    for population, target in zip(populations, split_targets(one.target, populations), strict=True):
        options = one.options
        if "population" in type(options).model_fields:
            options = options.model_copy(update={"population": " / ".join(population.name)})
        yield Output(target, one.record, options), replace(measured, study=members_only(measured.study, population))


def _count(study: Study) -> int:
    return sum(len(s.objects) for s in study.image_sets)


def size_of_files(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
