"""The canonical study from any format into any other one: what a conversion announces, and what is in its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from segue.errors import Incompatible
from segue.formats.catalog import FORMATS
from segue.formats.format import Format
from segue.model.image import ArrayPixels, Image
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.testing.canonical import canonical
from segue.workflow.convert import Item, Settings, convert_item, write_study
from segue.workflow.enabling import reason
from segue.workflow.judging import with_judgement
from segue.workflow.opening import Opened, open_path, with_grid_of

BOTH_WAYS = tuple(record for record in FORMATS.values() if record.reads and record.writes)
"""Formats that are read and written: every one of them can be a target."""


@cache
def sources() -> tuple[Format, ...]:
    """Formats that can be written from the canonical study at all: where conversions begin."""
    study = canonical()
    return tuple(record for record in BOTH_WAYS if not (record.enabled_by and reason(record.enabled_by, study)))


class Sources:
    """A file of each format in a folder, with as much of the canonical study as goes in; written and read once, when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: dict[str, Opened] = {}

    def opened(self, record: Format) -> Opened:
        """What is read from the file of a format, and what is noted on reading it."""
        if record.name not in self._opened:
            path = self.folder / f"canonical-{record.name}{record.ending}"
            write_study(canonical(), path, Settings(to=record.name))
            self._opened[record.name] = with_judgement(open_path(path, record.name))
        return self._opened[record.name]

    @cached_property
    def image(self) -> Opened:
        """An image of the size of the canonical ones, for files that do not say how large theirs is."""
        black = Image(ArrayPixels(np.zeros((24, 24), np.uint8)), "yx")
        write_study(Study((ImageSet("", images=(black,)),)), self.folder / "image.tif", Settings())
        return open_path(self.folder / "image.tif")


@dataclass(frozen=True)
class Pair:
    """One conversion, done."""

    opened: Opened
    """Its source."""
    item: Item
    target: Format
    notes: Notes
    """Everything that was announced."""
    image: Opened | None = None
    """The image beside the source, where one was needed."""

    @property
    def source(self) -> Study:
        """The source as it is read; on the grid of the image, where it does not say how large its own is."""
        return self.opened.study if self.image is None else with_grid_of(self.opened.study, self.image)

    @cached_property
    def back(self) -> Study:
        """The result, read."""
        return open_path(self.item.target, self.target.name).study


def convert(sources: Sources, source: Format, target: Format, folder: Path, *, dry_run: bool = False) -> Pair:
    """Convert the file of a format into another one, with an image beside it if it is refused without.

    Raises
    ------
    Incompatible
        The format has no place for what the source holds; nothing is written.
    """
    opened = sources.opened(source)
    item = Item(opened.source.path, folder / f"{source.name}-to-{target.name}{target.ending}")
    settings = Settings(from_=source.name, to=target.name, dry_run=dry_run)
    try:
        return Pair(opened, item, target, convert_item(item, settings).notes)
    except Incompatible as refusal:
        if "--image" not in refusal.message:
            raise
    item = replace(item, image=sources.image.source.path)
    return Pair(opened, item, target, convert_item(item, settings).notes, sources.image)
