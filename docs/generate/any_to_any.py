"""What every conversion between two formats keeps: each is done, read back and compared, on the canonical study of ``segue.testing``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tifffile
from markdown import page, table

from segue.errors import Incompatible, MissingDependency, SegueError
from segue.formats.catalog import FORMATS
from segue.formats.format import Format
from segue.notes import Kind, Note, Notes
from segue.testing.canonical import canonical
from segue.workflow.convert import Item, Settings, convert_item, write_study
from segue.workflow.derive import shapes_from_labels
from segue.workflow.enabling import reason
from segue.workflow.opening import open_path

INTRODUCTION = """Each row below was made by a conversion. One study with something of everything was written in each format; that file was
converted into every other format, and read back. The study holds two fields of view of 24 x 24 pixels, an image of two channels, three cells
(one with a hole, one in two parts, one with a number above 255), names with `/` and quotes, values, populations with rules, connections, and a
drawing of every kind of shape.

What a source does not hold cannot be lost on the way: a mask has no names, so nothing is lost when it becomes an ROI set. Formats that are only
read are not shown; nor are, as sources, those that cannot be written from this study. The page is made anew for every change of segue, and
compared with this one."""
KEPT = """How many of the objects of the source are in the result, under the same id; files of one image set hold the first, which has
three. Numbers in brackets further down count what a feature counts ([the model](../model.md) says what that is)."""


@dataclass(frozen=True)
class Outcome:
    """One conversion."""

    kept: int = 0
    objects: int = 0
    notes: Notes = field(default_factory=Notes)
    refusal: str = ""

    @property
    def cell(self) -> str:
        return "refused" if self.refusal else f"{self.kept}/{self.objects}"


def text() -> str:
    """The page."""
    records = [record for record in FORMATS.values() if record.reads and record.writes]
    with TemporaryDirectory() as folder:
        possible = [record for record in records if not (record.enabled_by and reason(record.enabled_by, canonical()))]
        sources = {record.name: _source(record, Path(folder)) for record in possible}
        found = {record.name: [_outcome(sources[record.name], record, target) for target in records] for record in possible}
    names = [record.name for record in records]
    matrix = table(
        ("from \\ to", *names),
        [(f"[{name}](#from-{name})", *("" if to == name else one.cell for to, one in zip(names, found[name], strict=True))) for name in found],
    )
    sections = [f"## From {name}\n\n{_details(zip(names, outcomes, strict=True))}" for name, outcomes in found.items()]
    return page("From any format to any other", INTRODUCTION, "## Objects that keep their id", KEPT, matrix, *sections)


def _source(record: Format, folder: Path) -> Path:
    path = folder / f"canonical-{record.name}{record.ending}"
    write_study(canonical(), path, Settings(to=record.name))
    return path


def _outcome(source: Path, record: Format, target: Format) -> Outcome:
    item = Item(source, source.parent / f"{record.name}-to-{target.name}{target.ending}")
    try:
        notes = _converted(item, Settings(from_=record.name, to=target.name))
        before, after = _ids(source, record), _ids(item.target, target)
    except MissingDependency:
        raise
    except SegueError as error:
        return Outcome(refusal=_plain(error.message, {str(source.parent) + "/": "", source.name: "the file", item.target.name: "the result"}))
    return Outcome(sum(len(one & other) for one, other in zip(before, after, strict=False)), sum(map(len, before)), notes)


def _converted(item: Item, settings: Settings) -> Notes:
    """The notes of a conversion; a source that does not say how large its image is gets one."""
    try:
        return convert_item(item, settings).notes
    except Incompatible as error:
        if "--image" not in error.message:
            raise
    image = item.source.parent / "image.tif"
    if not image.exists():
        tifffile.imwrite(image, np.zeros((24, 24), np.uint8))
    return Notes.of(Note(Kind.ASSUMED, "with --image")) + convert_item(replace(item, image=image), settings).notes


def _ids(path: Path, record: Format) -> list[set[str]]:
    """Of each image set the ids of its objects; where there are only labels, those that the labels stand for."""
    with open_path(path, record.name).study as study:
        named = [s.objects if len(s.objects) else shapes_from_labels(s)[0].objects for s in study.image_sets]
    return [set(objects.frame["id"]) for objects in named]


def _details(outcomes: Iterable[tuple[str, Outcome]]) -> str:
    rows = [(to, one.cell, *_listed(one.notes), one.refusal) for to, one in outcomes]
    header = ("to", "ids kept", "lost", "changed", "assumed, repaired, skipped")
    return table(header, [(to, ids, lost, changed, refusal or other) for to, ids, lost, changed, other, refusal in rows])


def _listed(notes: Notes) -> tuple[str, str, str]:
    lost, changed = (", ".join(f"{note.feature} ({note.count:,})" for note in notes.of_kind(kind)) for kind in (Kind.LOST, Kind.CHANGED))
    other = notes.of_kind(Kind.ASSUMED, Kind.REPAIRED, Kind.SKIPPED).merged()
    return lost, changed, "; ".join(note.sentence for note in other)


def _plain(message: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        message = message.replace(old, new)
    return message
