"""Reading a project: the folders of its image sets, and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from segue.errors import InvalidOption, NotFound, SourceError, WrongFormat
from segue.formats.mantis_files.repairs import Repairs
from segue.formats.mantis_files.rows import Row, read_rows
from segue.formats.mantis_project import database
from segue.formats.mantis_project import settings as words
from segue.formats.mantis_project.assemble import assembled
from segue.formats.mantis_project.database import SEGMENT, Database, Features
from segue.formats.mantis_project.facts import Facts, read_facts
from segue.formats.mantis_project.folder import Found, Wanted, read_folder
from segue.formats.mantis_project.layout import DATABASE, SEGMENTATION, image_set_folders, image_settings
from segue.formats.mantis_project.markers import marker_names
from segue.formats.mantis_project.options import ReadOptions
from segue.formats.mantis_project.outlines import as_drawn, is_drawable
from segue.formats.mantis_project.parts import Project, SetParts
from segue.formats.mantis_project.region_files import with_regions
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.grid import Grid
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, split_suffix, unreadable


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a project, or an image set alone with the settings of Mantis in it.

    Memory: 8 bytes per value and 16 per listed segment or pixel of a region, and one feature of one image set as it is read. Pixels are not read.

    Raises
    ------
    WrongFormat, NotFound
        It holds no image sets.
    Malformed, TooLarge
        Its database is damaged.
    InvalidOption
        There is no image set of the name that is wanted.
    """
    assert isinstance(options, ReadOptions)
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is a file; a project of Mantis Viewer is a folder", path=source.path, expected="a folder")
    try:
        with _opened(source.path) as tables:
            return _Reader(source.path, options, tables).read()
    except OSError as error:
        raise unreadable(source.path, error) from error
    except UnicodeError as error:
        raise NotFound(f"{source.path} has a file whose name cannot be read", path=source.path) from error


@contextmanager
def _opened(root: Path) -> Iterator[Database | None]:
    if not (root / DATABASE).is_file():
        yield None
        return
    with database.opened(root / DATABASE) as tables:
        yield tables


@dataclass
class _Told:
    """What is noted on the way."""

    notes: list[Note] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)

    def add(self, notes: Notes) -> None:
        self.notes += notes.items

    def all(self) -> Notes:
        return Notes(tuple(self.notes)) + self.repairs.notes()


class _Reader:
    """One project."""

    def __init__(self, root: Path, options: ReadOptions, tables: Database | None) -> None:
        self.root, self.options, self.tables, self.told = root, options, tables, _Told()
        texts = {} if tables is None else tables.settings()
        self.settings, notes = words.understood_settings(texts, DATABASE)
        self.told.add(notes + _pending(root))
        self.facts = {} if tables is None else {name: read_facts(text, root / DATABASE) for name, text in tables.facts().items()}
        self.generated = set() if tables is None else tables.generated()
        self.inner = options.folder or words.text_of(self.settings, words.INNER)
        self.usual = split_suffix(words.text_of(self.settings, words.BASENAME) or f"{SEGMENTATION}.tif")[0]

    def read(self) -> tuple[Study, Notes]:
        folders = self._folders()
        if not folders:
            raise WrongFormat(f"{self.root} holds no image sets: folders with a TIFF file per channel", path=self.root, expected="folders of TIFF files")
        chosen = self._chosen(list(folders))
        sets = [self._image_set(name, folders[name], alone=len(chosen) == 1) for name in chosen]
        loaded, settings, notes = with_regions([one for one, _ in sets], [path for _, path in sets], self.settings)
        self.told.add(notes)
        return assembled(Project(loaded, settings)), self.told.all()

    def _folders(self) -> dict[str, Path | None]:
        """Image set -> its folder; None where only the database knows it. Those that segue wrote in their order, then the others by name."""
        listed = [] if self.tables is None else self.tables.image_sets()
        found = {one.name: one for one in image_set_folders(self.root, self.inner, self.facts)}
        if self.root.name in found and found[self.root.name] == self.root:
            found = {self.root.resolve().name: self.root}
        stated = [name for name in listed if name in found or name not in self.facts or self._has_rows(name)]
        first = [name for name in stated if name in self.facts]
        return {name: found.get(name) for name in dict.fromkeys([*first, *sorted(found), *stated])}

    def _has_rows(self, name: str) -> bool:
        return self.tables is not None and bool(self.tables.populations(name) or self.tables.has_features(name))

    def _chosen(self, names: list[str]) -> list[str]:
        wanted = self.options.image_set
        if not wanted:
            return names
        by_name = {_named(name, self.facts.get(name)): name for name in names}
        if wanted not in by_name and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
            return [names[int(wanted) - 1]]
        if wanted not in by_name:
            listed = ", ".join(by_name)
            raise InvalidOption(f"{self.root.name} has no image set called {wanted!r}; there are: {listed}", option="image_set", given=wanted, allowed=listed)
        return [by_name[wanted]]

    def _image_set(self, name: str, folder: Path | None, *, alone: bool) -> tuple[SetParts, Path | None]:
        facts = self.facts.get(name, Facts())
        own = "" if folder is None else image_settings(folder)
        found = Found() if folder is None else self._files(folder, facts, own, alone=alone)
        features = Features() if self.tables is None else self.tables.features(name)
        if features.dropped:
            what = "{count value} of segments that cannot be, or that stand twice for a segment; the last counts"
            self.told.notes.append(Note(Kind.REPAIRED, what, Feature.VALUES, where=name, count=features.dropped))
        grid = _grid(facts, found.grid)
        rows = [as_drawn(row, grid) for row in self._rows(name, facts)]
        drawable = is_drawable(grid)
        placeless = sum(row.pixels is not None for row in rows)
        if placeless and not drawable:
            large = "whose image is so large that Mantis counts the pixels of a smaller copy"
            why = "of which nothing says how wide the image is" if grid.size("x") is None else large
            self.told.notes.append(Note(Kind.SKIPPED, f"{{count region}} {why}; they are kept as numbers", Feature.MASK, name, placeless))
        parts = SetParts(
            folder=name,
            name=_named(name, facts),
            group=facts.group,
            position=facts.position,
            grid=grid,
            images=found.images,
            labels=found.labels,
            layer=self.usual if found.layer is None else found.layer,
            features=features,
            generated=name in self.generated,
            rows=rows,
            segments=pl.DataFrame(schema=SEGMENT) if self.tables is None else self.tables.segments(name),
            settings=own,
            drawable=drawable,
        )
        return parts, found.regions

    def _files(self, folder: Path, facts: Facts, own: str, *, alone: bool) -> Found:
        """The pixels of an image set; one of many whose files are damaged is read without them."""
        try:
            found = read_folder(folder, self._wanted(folder, own), facts)
        except SourceError as error:
            if alone:
                raise
            self.told.notes.append(Note(Kind.SKIPPED, f"the pixels of an image set: {error}", where=folder.name))
            return Found()
        self.told.add(found.notes)
        return found

    def _wanted(self, folder: Path, own: str) -> Wanted:
        local = words.of_text(own)
        options = self.options
        segmentation = options.segmentation or words.text_of(self.settings, words.BASENAME) or words.text_of(local, words.BASENAME)
        regions = options.regions or words.text_of(self.settings, words.REGIONS)
        return Wanted(self.inner, segmentation, regions, marker_names(self.root, folder, options.markers, self.settings))

    def _rows(self, name: str, facts: Facts) -> list[Row]:
        if self.tables is None:
            return []
        found = read_rows(self.tables.populations(name), self.told.repairs, self.root / DATABASE)
        return [replace(row, colour=None) if facts.colourless.get(row.id) == row.colour else row for row in found]


def _named(folder: str, facts: Facts | None) -> str:
    return folder if facts is None or facts.name is None else facts.name


def _grid(facts: Facts, of_pixels: Grid | None) -> Grid:
    """What segue wrote, if the pixels are still as large; else what the pixels say."""
    if of_pixels is None:
        return facts.grid or Grid()
    if facts.grid is not None and all(facts.grid.size(axis) == of_pixels.size(axis) for axis in "tzyx"):
        return facts.grid
    return of_pixels


def _pending(root: Path) -> Notes:
    """Mantis may be writing at this moment, or was stopped while it did."""
    beside = [f"{DATABASE}-wal", f"{DATABASE}-journal"]
    found = [name for name in beside if (root / name).is_file() and (root / name).stat().st_size]
    what = f"Mantis Viewer has not finished writing ({', '.join(found)}); close it, and read again"
    return Notes.of(Note(Kind.SKIPPED, what, where=DATABASE)) if found else Notes()
