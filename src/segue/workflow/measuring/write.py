"""Writing what was measured: every output in its form, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from segue.errors import Incompatible, NotesRefused
from segue.formats.format import Accepts
from segue.model.features import Feature
from segue.model.populations import Population
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.storage.source import split_suffix
from segue.workflow.measuring.dictionary import dictionary_path, write_dictionary
from segue.workflow.measuring.fitting import Measured, fitted
from segue.workflow.measuring.outputs import How, Output, outputs_of, record_of, with_sample
from segue.workflow.measuring.split import IMAGE_SET, PLACE, chosen_populations, members_only, set_targets, split_targets
from segue.workflow.measuring.values import TABLE

__all__ = ["How", "Made", "Measured", "Output", "outputs_of", "record_of", "write_all"]


@dataclass(frozen=True)
class Made:
    """A file that was written, or would be."""

    path: Path
    size: int
    objects: int | None
    """None = it is about columns."""


def write_all(
    given: Measured | Study, outputs: Sequence[Output], how: How, *, overwrite: bool, where: str = "", called: str = ""
) -> tuple[tuple[Made, ...], Notes]:
    """Write a measured study to every output; if one fails, none is kept.

    Parameters
    ----------
    given
        What was measured.
    outputs, how
        Where it goes, and how.
    overwrite
        Whether files that exist may be replaced.
    where, called
        What sentences, and names of files, call an image set without a name.

    Raises
    ------
    Incompatible
        A file holds one image set, and there are several.
    NotesRefused
        ``strict``, and something that was measured would be lost or changed.
    InvalidOption
        There is no population of a name.
    SinkError
    """
    measured = Measured(given) if isinstance(given, Study) else given
    populations, notes = (None, Notes()) if how.split is None else chosen_populations(measured.study, how.split)
    of_sets = [(part, mine, IMAGE_SET not in str(one.target)) for one in outputs for part, mine in _each_set(measured, one, called or where)]
    parts = [(PLACE in str(one.target), part, mine) for one, whole, empty in of_sets for part, mine in _parts(whole, one, populations, empty=empty)]
    ready = [(part, *_fitted(mine, part, how, where, partly=partly)) for partly, part, mine in parts]
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


def _fitted(measured: Measured, one: Output, how: How, where: str, *, partly: bool) -> tuple[Study, Notes]:
    """What a file holds, and what it lost; a file that is a population need not say which ones its objects are in."""
    held, notes = fitted(measured, one, how.options, where)
    if partly and not any(len(s.membership) for s in held.image_sets):
        notes = Notes(tuple(note for note in notes if note.feature not in (Feature.POPULATIONS, Feature.MEMBERSHIP)))
    return held, notes


def _each_set(measured: Measured, one: Output, called: str) -> Iterator[tuple[Output, Measured]]:
    """The files of an output with the image sets that go into each: one per image set where its name has a place for that."""
    places = [nth for nth, s in enumerate(measured.study.image_sets) if TABLE in s.tables] or list(range(len(measured.study.image_sets)))
    if IMAGE_SET not in str(one.target):
        _refuse_several(one, len(places))
        yield one, measured
        return
    sets = [measured.study.image_sets[nth] for nth in places]
    for nth, s, target in zip(places, sets, set_targets(one.target, sets, called), strict=True):
        alone = replace(measured, study=replace(measured.study, image_sets=(s,)), centres=measured.centres[nth : nth + 1])
        yield with_sample(Output(target, one.record, one.options), alone.study, called), alone


def _refuse_several(one: Output, count: int) -> None:
    alone = one.options.one_image_set or (one.record.accepts == {Accepts.TABLE} and not one.record.many)
    if count > 1 and alone:
        stem, suffix = split_suffix(one.target.name)
        better = str(one.target.with_name(f"{stem}_{IMAGE_SET}{suffix}"))
        raise Incompatible(f"{one.target.name} holds one image set, and these are {count}; name the output {better!r}", path=one.target)


def _parts(measured: Measured, one: Output, populations: Sequence[Population] | None, *, empty: bool) -> Iterator[tuple[Output, Measured]]:
    """The files of an output with what goes into each: one per population (``empty`` = also without members) where its name has a place for that."""
    if populations is None or PLACE not in str(one.target):
        yield one, measured
        return
    there = {name for s in measured.study.image_sets for name in s.membership.frame["population"].unique()}
    for population, target in zip(populations, split_targets(one.target, populations), strict=True):
        if population.id not in there and not empty:
            continue
        options = one.options
        if "population" in type(options).model_fields:
            options = options.model_copy(update={"population": " / ".join(population.name)})
        yield Output(target, one.record, options), replace(measured, study=members_only(measured.study, population))


def _count(study: Study) -> int:
    return sum(len(s.objects) for s in study.image_sets)


def size_of_files(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
