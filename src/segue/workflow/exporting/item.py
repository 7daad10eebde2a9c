"""Exporting one item: its picture, computed block by block, into one file, folder or sequence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from segue.errors import Incompatible, NotesRefused
from segue.formats.format import Format
from segue.formats.options import Options
from segue.notes import Kind, Note, Notes
from segue.storage.sink import FileSink, Together
from segue.storage.source import file_of
from segue.tasks.workers import Threads
from segue.transform.tally import Tally
from segue.workflow.exporting.choice import Exporting
from segue.workflow.exporting.notes import lost_metadata, tally_notes
from segue.workflow.exporting.outcome import Outcome, outcome
from segue.workflow.exporting.slices import runs_of, sequence, slice_set, step_axis
from segue.workflow.exporting.source import Chosen, chosen, opened
from segue.workflow.measuring.write import size_of_files

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter
    from segue.tasks.workers import Workers

Tick = Callable[[int, int], None]
"""Is told (blocks that are written, all blocks)."""


@dataclass(frozen=True)
class ExportItem:
    """One export: a picture of a file, and where its pixels go."""

    files: tuple[Path, ...]
    """One file, or those of a stack."""
    nickname: str
    outputs: tuple[Path, ...]
    """One per slice of a sequence."""
    pattern: str
    """The output as a template in which only ``{slice_index}`` is left."""
    part: int | None = None
    """Number, from 1, of the image set in a file of several."""

    @property
    def source(self) -> Path:
        return self.files[0]

    @property
    def name(self) -> str:
        return self.source.name if self.part is None else self.nickname

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        return tuple(dict.fromkeys(map(file_of, self.files)))

    @property
    def facts(self) -> dict[str, int]:
        """What decides about the outputs, and is neither in a file nor a setting."""
        return {} if self.part is None else {"part": self.part}

    def at(self, outputs: tuple[Path, ...]) -> Self:
        """The same item, written elsewhere."""
        return replace(self, outputs=outputs)


@dataclass(frozen=True, eq=False)
class ExportResult:
    """What became of an item (see ``jobs.item.BatchResult``)."""

    written: tuple[Path, ...]
    notes: Notes
    size: int
    shape: tuple[int, ...]
    axes: str
    dtype: str

    @property
    def content(self) -> str:
        files = f"{len(self.written):,} files, " if len(self.written) > 1 else ""
        return f"{files}{self.dtype} {self.axes} {' x '.join(map(str, self.shape))}"

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data."""
        return {"shape": list(self.shape), "axes": self.axes, "dtype": self.dtype, "files": len(self.written), "bytes": self.size}


def export_item(
    item: ExportItem,
    overwrite: bool,  # noqa: FBT001  # as every work
    how: Exporting,
    workers: Workers | None = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002  # a partial fills it in
    tick: Tick | None = None,
) -> ExportResult:
    """Export one item. Memory: ``tasks.workers.AHEAD`` blocks of the container per worker.

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    file = opened(item.files, how)
    with file.study as study:
        picture = chosen(study.image_sets[(item.part or 1) - 1], how, item.name)
        return export_chosen(item, picture, file.notes, how, workers, overwrite=overwrite, dry_run=dry_run, tick=tick)


def export_chosen(
    item: ExportItem, picture: Chosen, notes: Notes, how: Exporting, workers: Workers | None = None, *, overwrite: bool, dry_run: bool, tick: Tick | None = None
) -> ExportResult:
    """Export a picture; ``notes`` are those of reading it.

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    made = outcome(picture, how, sequence=_is_pattern(item))
    for error in made.errors:
        raise error
    notes += Notes(tuple(Note(Kind.ASSUMED, text, where=item.name) for text in made.said)) + lost_metadata(made, picture, how.container.record, item.name)
    size = 0
    if not dry_run:
        tally, size = _written(item, made, picture, how, workers or Threads(), notes, overwrite=overwrite, tick=tick)
        notes += tally_notes(tally, made, item.name)
    return ExportResult(item.outputs, notes, size, made.shape, made.axes, made.dtype.name)


def _is_pattern(item: ExportItem) -> bool:
    """Whether the outputs are a sequence, if only of one file."""
    from segue.workflow.exporting.template import SLICE, template_of

    return SLICE in template_of(item.pattern).names


def _written(
    item: ExportItem, made: Outcome, picture: Chosen, how: Exporting, workers: Workers, notes: Notes, *, overwrite: bool, tick: Tick | None
) -> tuple[Tally, int]:
    """Write all pixels; (what the change of values altered, bytes)."""
    from segue.codecs.blocks import count, write_blocks

    record = how.container.record
    options = record.options("write", how.write_options(item.outputs[0], "labels" if picture.labels else "image"))
    tally = Tally()
    together = Together(item.outputs, overwrite=overwrite)
    with together as sinks:
        with _writer(item, made, how, record, options, sinks) as writer:
            total = count(writer)
            for nth, one in enumerate(write_blocks(writer, made.pixels, workers), 1):
                tally += one
                if picture.labels:
                    _refuse_altered(tally, made, item.name)
                if tick is not None:
                    tick(nth, total)
        if how.strict:
            _refuse_loss(notes + tally_notes(tally, made, item.name), item)
        kept = together.keep()
    return tally, sum(map(size_of_files, kept))


def _writer(item: ExportItem, made: Outcome, how: Exporting, record: Format, options: Options, sinks: list[FileSink]) -> AbstractContextManager[BlockWriter]:
    if not _is_pattern(item):
        return record.open_blocks(made.image_set, sinks[0], options)
    step = step_axis(made.axes, made.shape, how.step)
    assert step is not None
    slices = [partial(_slice, made, step, index, record, sink, options) for index, sink in enumerate(sinks)]
    at = made.axes.index(step)
    return sequence(slices, at, runs_of(made.pixels, at, made.window.get(step, (0, 1))[0]))


def _slice(made: Outcome, step: str, index: int, record: Format, sink: FileSink, options: Options) -> AbstractContextManager[BlockWriter]:
    return record.open_blocks(slice_set(made.image_set, step, index), sink, options)


def _refuse_altered(tally: Tally, made: Outcome, where: str) -> None:
    if tally != Tally():
        raise Incompatible(f"{where}: {made.dtype.name} does not hold its labels; leave out --dtype, or choose a larger whole-number type", where=where)


def _refuse_loss(notes: Notes, item: ExportItem) -> None:
    if len(notes.refused):
        raise NotesRefused(f"{item.name} was not written, because --strict allows no loss: {'; '.join(map(str, notes.refused))}", notes=notes.to_json())
