"""Making one picture: read what is shown, decide how, paint it block by block into a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from segue.errors import Incompatible
from segue.model.image import Image
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.sink import FileSink
from segue.tasks.workers import Threads
from segue.workflow.exporting.container import Container
from segue.workflow.gates import with_populations
from segue.workflow.measuring.inputs import opened, with_segments
from segue.workflow.measuring.item import check_options
from segue.workflow.measuring.outputs import fields_of
from segue.workflow.measuring.write import size_of_files
from segue.workflow.rendering.choice import Rendering
from segue.workflow.rendering.parts import shown_part
from segue.workflow.rendering.scene import Picture, picture_of
from segue.workflow.rendering.settings import settings_bytes
from segue.workflow.targets import implied_options

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

Tick = Callable[[int, int], None]
"""Is told (blocks that are written, all blocks)."""
COLOURS = ("red", "green", "blue")


@dataclass(frozen=True)
class RenderItem:
    """One picture (see ``jobs.item.BatchItem``)."""

    image: Path
    outputs: tuple[Path, ...]
    """The picture, and the file of its settings."""
    labels: Path | None = None
    """None = the image's file holds the segments, too."""
    populations: tuple[Path, ...] = ()
    part: str | int | None = None
    """Which image set of several."""
    nickname: str = ""
    beside: bool = False
    """Whether the file of the segments was found by its name, not named by the user."""
    display: Path | None = None
    """The file with display settings."""

    @property
    def name(self) -> str:
        return self.image.name if self.part is None else f"{self.image.name}, {self.part}"

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        return tuple(one for one in (self.image, self.labels, *self.populations, self.display) if one is not None)

    @property
    def facts(self) -> dict[str, str]:
        """What decides about the outputs, and is neither in a file nor a setting."""
        return {} if self.part is None else {"part": str(self.part)}

    def at(self, outputs: tuple[Path, ...]) -> Self:
        """The same picture, written elsewhere."""
        return replace(self, outputs=outputs)


@dataclass(frozen=True)
class RenderTask:
    """How pictures are made and written: the same for all of a batch."""

    rendering: Rendering
    container: Container
    options: dict[str, Any] = field(default_factory=dict)
    from_: str | None = None
    settings: str | None = None
    shared: bool = False
    """Whether several items have the same files of populations, which then have to say which image they are about."""


@dataclass(frozen=True, eq=False)
class RenderResult:
    """What became of a picture (see ``jobs.item.BatchResult``)."""

    item: RenderItem
    notes: Notes
    size: int
    height: int
    width: int

    @property
    def content(self) -> str:
        return f"{self.width:,} x {self.height:,} pixels"

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data."""
        return {"width": self.width, "height": self.height, "bytes": self.size}


def render_item(
    item: RenderItem,
    overwrite: bool,  # noqa: FBT001  # as every work
    task: RenderTask,
    workers: Workers | None = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002  # a partial fills it in
    tick: Tick | None = None,
) -> RenderResult:
    """Make one picture. Memory: some 60 bytes per pixel of the blocks that are painted at one time (``tasks.workers.AHEAD`` per worker).

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    study, notes = opened_item(item, task)
    with study:
        s = shown_part(study.image_sets, item.part or task.rendering.image_set, item.image.name)
        picture = picture_of(study, s, task.rendering, item.name, workers)
        size, more = (0, Notes()) if dry_run else write_picture(picture, item.outputs, task, workers, overwrite=overwrite, tick=tick)
    height, width, _ = picture.scene.shape
    return RenderResult(item, notes + picture.notes + more, size, height, width)


def opened_item(item: RenderItem, task: RenderTask) -> tuple[Study, Notes]:
    """The image, the segments and the populations of an item as one study."""
    image = opened(item.image, task.options, task.from_)
    labels = None if item.labels is None else opened(item.labels, task.options)
    check_options(task.options, [image.record, *([labels.record] if labels else [])], [task.container.record])
    study, notes = with_segments(image, labels, task.options)
    if item.beside and item.labels is not None:
        notes = Notes.of(Note(Kind.ASSUMED, f"its segments are those of {item.labels.name}")) + notes
    if item.populations:
        study, more = joined(study, item, task)
        notes += more
    return study, notes


def joined(study: Study, item: RenderItem, task: RenderTask) -> tuple[Study, Notes]:
    """The study with the populations of files."""
    labels = [s.labels for s in study.image_sets]
    found, notes = with_populations(study, item.populations, task.options, (item.nickname, item.image.name), shared=task.shared)
    return replace(found, image_sets=tuple(replace(s, labels=own) for s, own in zip(found.image_sets, labels, strict=True)), close=study.close), notes


def write_picture(
    picture: Picture, outputs: tuple[Path, ...], task: RenderTask, workers: Workers | None, *, overwrite: bool, tick: Tick | None = None
) -> tuple[int, Notes]:
    """Write a picture, and its settings beside it; (bytes, what the file of the settings does not hold)."""
    from segue.codecs.blocks import count, write_blocks

    record, notes = task.container.record, Notes()
    image_set = ImageSet("", picture.grid, images=(Image(picture.scene, "yxc", "rendered", COLOURS),))
    options = record.options("write", write_options(task, outputs[0]))
    with ExitStack() as stack:
        sinks = [stack.enter_context(FileSink(one, overwrite=overwrite)) for one in outputs]
        if task.settings is not None:
            data, notes = settings_bytes(picture.display, task.settings)
            with sinks[1].open() as file:
                file.write(data)
        with record.open_blocks(image_set, sinks[0], options) as writer:
            total = count(writer)
            for nth, _ in enumerate(write_blocks(writer, picture.scene, workers or Threads()), 1):
                if tick is not None:
                    tick(nth, total)
        kept = [sink.keep() for sink in sinks]
    return sum(map(size_of_files, kept)), notes


def write_options(task: RenderTask, target: Path) -> dict[str, Any]:
    """Options of the writer: what the user says, above what the format's name and the suffix imply, and that it is a picture.

    Raises
    ------
    Incompatible
        The format is not one of pictures.
    """
    record = task.container.record
    holds = record.holds
    if holds is not None and holds.channels and len(COLOURS) not in holds.channels:
        raise Incompatible(f"{record.title} holds no colours; write .png or .tif", format=record.name)
    fields = fields_of(record, "write")
    usual = {"colour": True, "role": "image"}
    given = {name: value for name, value in task.options.items() if name in fields}
    return {**{name: value for name, value in usual.items() if name in fields}, **implied_options(record, target), **task.container.implied, **given}
