"""What every conversion between two formats keeps: each is done, read back and compared, on the canonical study of ``segue.testing``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown import line, page, table

from segue.errors import MissingDependency, SegueError
from segue.formats.format import Format
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.testing.pairs import BOTH_WAYS, Pair, Sources, convert, sources
from segue.workflow.derive import shapes_from_labels

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
    """What the page says of one conversion."""

    kept: int = 0
    objects: int = 0
    notes: Notes = field(default_factory=Notes)
    refusal: str = ""

    def row(self, to: str) -> str:
        """Its line in the section of its source."""
        lost, changed, other = _listed(self.notes)
        return line((to, "refused" if self.refusal else f"{self.kept}/{self.objects}", lost, changed, self.refusal or other))


Rows = Mapping[str, Sequence[str]]
"""Source -> the lines of its section, one for each target."""


def text() -> str:
    """The page, every conversion done."""
    with TemporaryDirectory() as folder:
        files = Sources(Path(folder))
        return laid_out({one.name: [outcome(files, one, other, Path(folder)).row(other.name) for other in BOTH_WAYS] for one in sources()})


def again(page: str) -> str:
    """The page as it would be if every line of it is still true: whether that is so is found by the tests, which do every conversion anyway."""
    stated = rows(page)
    return laid_out({one.name: stated.get(one.name, []) for one in sources()})


def laid_out(found: Rows) -> str:
    """The page with the given lines."""
    names = [record.name for record in BOTH_WAYS]
    matrix = table(("from \\ to", *names), [(f"[{name}](#from-{name})", *_cells(name, found[name])) for name in found])
    header = table(("to", "ids kept", "lost", "changed", "assumed, repaired, skipped"), [])
    sections = ["\n".join([f"## From {name}\n", header, *lines]) for name, lines in found.items()]
    return page("From any format to any other", INTRODUCTION, "## Objects that keep their id", KEPT, matrix, *sections)


def _cells(source: str, lines: Sequence[str]) -> list[str]:
    stated = [row.split(" | ")[:2] for row in lines]
    return ["" if to == f"| {source}" else cell for to, cell in stated]


def rows(page: str) -> Rows:
    """The lines of a page: what ``laid_out`` was given."""
    sections = [section.splitlines() for section in page.split("\n## From ")[1:]]
    return {name: [row for row in rest if row.startswith("| ")][2:] for name, *rest in sections}


def outcome(files: Sources, source: Format, target: Format, folder: Path) -> Outcome:
    """Convert the canonical study from one format into another one, and look what became of it."""
    try:
        return outcome_of(convert(files, source, target, folder))
    except MissingDependency:
        raise
    except SegueError as error:
        return refused(error, files, source)


def refused(error: SegueError, files: Sources, source: Format) -> Outcome:
    """What is said of a conversion that there cannot be."""
    path = files.opened(source).source.path
    return Outcome(refusal=error.message.replace(f"{path.parent}/", "").replace(path.name, "the file"))


def outcome_of(pair: Pair) -> Outcome:
    """What became of the objects of a conversion; a source that does not say how large its image is got one."""
    before, after = _ids(pair.opened.study), _ids(pair.back)
    pictured = Notes() if pair.image is None else Notes.of(Note(Kind.ASSUMED, "with --image"))
    return Outcome(sum(len(one & other) for one, other in zip(before, after, strict=False)), sum(map(len, before)), pictured + pair.notes)


def _ids(study: Study) -> list[set[str]]:
    """Of each image set the ids of its objects; where there are only labels, those that the labels stand for."""
    named = [s.objects if len(s.objects) else shapes_from_labels(s)[0].objects for s in study.image_sets]
    return [set(objects.frame["id"]) for objects in named]


def _listed(notes: Notes) -> tuple[str, str, str]:
    lost, changed = (", ".join(f"{note.feature} ({note.count:,})" for note in notes.of_kind(kind)) for kind in (Kind.LOST, Kind.CHANGED))
    other = notes.of_kind(Kind.ASSUMED, Kind.REPAIRED, Kind.SKIPPED).merged()
    return lost, changed, "; ".join(note.sentence for note in other)
