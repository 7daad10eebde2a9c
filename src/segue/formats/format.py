"""The one shape that every format has: a record of data, cheap to import; its code is named by string and loaded when used.

A format that writes has three functions:

* ``read(source, options) -> (Study, Notes)``: exactly what the file holds;
* ``fit(study, options) -> Study``: exactly what a file can hold of a study (model in, model out);
* ``write(study, sink, options) -> None``: a study that fits, without any further loss: ``read(write(fit(s))) == fit(s)``.

What is lost is therefore never written down by hand: it is ``diff(study, fit(study))``, with the reasons given in ``keeps``.

A container of pixels also has ``blocks(image_set, sink, options)``, which writes pixels of any size block by block, and says in ``holds`` which pixels
it stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from segue.formats.holds import Holds
from segue.model.features import Feature

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from segue.codecs.blocks import BlockWriter
    from segue.formats.options import Options
    from segue.model.study import ImageSet, Study
    from segue.notes import Notes
    from segue.storage.sink import Sink
    from segue.storage.source import Source


class Accepts(StrEnum):
    """What a writer takes; ``workflow.derive`` brings a study into that form."""

    PIXELS = "pixels"
    LABELS = "labels"
    SHAPES = "shapes"
    TABLE = "table"


@dataclass(frozen=True)
class Limit:
    """What a value must be for a format to keep it exactly. The laws draw their examples within it; the docs print it."""

    grid: float | None = None
    """Coordinates are multiples of this."""
    lowest: float | None = None
    highest: float | None = None
    """Smallest and largest coordinate or number."""
    at_most: int | None = None
    """How many of it there may be (image sets, label images, images, shapes of an object)."""
    text: str | None = None
    """Which texts: ``plain`` = non-empty, without control characters."""
    dtypes: tuple[str, ...] = ()
    """Number types of pixels."""
    axes: str | None = None
    """Axes that pixels may have."""
    choices: tuple[str, ...] = ()
    """Allowed values (kinds of populations, units, ...)."""


@dataclass(frozen=True)
class Kept:
    """How well a format keeps a feature."""

    exactly: bool
    how: str = ""
    """For a limit: what happens beyond it. For an approximation: what becomes of it."""
    limit: Limit | None = None


def exact(how: str = "", *, limit: Limit | None = None) -> Kept:
    """The feature comes back equal; within ``limit`` if there is one, and ``how`` says what happens beyond it."""
    return Kept(exactly=True, how=how, limit=limit)


def approximate(how: str) -> Kept:
    """Something of the feature comes back; ``how`` says what."""
    return Kept(exactly=False, how=how)


@dataclass(frozen=True)
class Reference:
    """Where the format is specified."""

    title: str
    version: str
    read_on: str
    """Date, YYYY-MM-DD."""


@dataclass(frozen=True)
class Evidence:
    """How much a file looks like a format."""

    score: int
    """0 = cannot be it, 1..100; 90 and more = its content says so."""
    reason: str


@dataclass(frozen=True)
class Format:
    """Everything about a format, in one place."""

    name: str
    """What users type; the folder's name with - for _."""
    title: str
    suffixes: tuple[str, ...]
    summary: str
    specification: Reference
    detect: str
    """``module:function``; ``detect(source) -> Evidence``."""
    reader: str | None = None
    fit: str | None = None
    writer: str | None = None
    read_options: str | None = None
    write_options: str | None = None
    """``module:Class``, a subclass of ``segue.formats.options.Options``."""
    accepts: frozenset[Accepts] = frozenset()
    folder: bool = False
    """Whether the target is a folder."""
    many: bool = False
    """Whether one target holds several image sets."""
    extra: str | None = None
    """The optional dependencies it needs: ``pip install 'segue[EXTRA]'``."""
    identity: str = ""
    """How ids and labels of objects travel."""
    opened_by: tuple[str, ...] = ()
    """Programs that open it."""
    keeps: Mapping[Feature, Kept] = field(default_factory=dict)
    """What is not named is lost."""

    usual: tuple[str, ...] = ()
    """Suffixes for which this format is meant where several write files of that suffix."""
    implied: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Suffix of a target -> write options that it implies, unless the user says otherwise."""
    blocks: str | None = None
    """``module:function``; ``function(image_set, sink, options) -> AbstractContextManager[BlockWriter]``: opens a target that is written block by
    block. The image set holds exactly one image, whose pixels are lazy, and the grid; its metadata are written, its pixels are not read."""
    holds: Holds | None = None
    """Which pixels ``blocks`` stores."""
    aliases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What other programs call it when they export pixels, in lower case -> write options that this implies."""
    inside: bool = False
    """Whether one of several pictures in a file can be named by a path that goes on behind the file: ``file.h5/group/data``."""
    enabled_by: str | None = None
    """The rule of ``workflow.enabling`` that says from which studies it can be written; None = from any. ``fit`` and ``writer`` do not ask."""
    unsigned: bool = False
    """Whether its files hold labels and lists of these, but may not say on which labels the lists were made: converting judges them."""
    written_as: str = ""
    """What follows the name of an item in an output folder; empty = the first suffix."""

    preview: str | None = None
    """``module:function``; ``function(study, options, rows, longest) -> Preview``: the columns and first rows of a table, for whoever chooses options."""
    advice: str | None = None
    """``module:function``; ``function(fitted, options) -> Notes``: what has to be known of such a file that is no loss (limits of who takes it)."""

    @property
    def ending(self) -> str:
        return self.written_as or self.suffixes[0]

    @property
    def reads(self) -> bool:
        return self.reader is not None

    @property
    def writes(self) -> bool:
        return self.writer is not None

    def evidence(self, source: Source) -> Evidence:
        found: Evidence = load(self.detect)(source)
        return found

    def options(self, which: str, values: Mapping[str, Any] | None = None) -> Options:
        """The checked options of the reader (``read``) or writer (``write``).

        Raises
        ------
        InvalidOption
        """
        from segue.formats.options import NoOptions, checked

        name = self.read_options if which == "read" else self.write_options
        return checked(load(name) if name else NoOptions, dict(values or {}), f"{self.name} ({which})")

    def read(self, source: Source, options: Options | None = None) -> tuple[Study, Notes]:
        result: tuple[Study, Notes] = load(self.reader)(source, options or self.options("read"))
        return result

    def fitted(self, study: Study, options: Options | None = None) -> Study:
        """What a file of this format can hold of a study."""
        result: Study = load(self.fit)(study, options or self.options("write"))
        return result

    def advised(self, fitted: Study, options: Options | None = None) -> Notes:
        """What has to be known of a file of a fitted study; mostly nothing."""
        from segue.notes import Notes

        notes: Notes = load(self.advice)(fitted, options or self.options("write")) if self.advice else Notes()
        return notes

    def write(self, study: Study, sink: Sink, options: Options | None = None) -> None:
        """Write a study that has been fitted."""
        load(self.writer)(study, sink, options or self.options("write"))

    def open_blocks(self, image_set: ImageSet, sink: Sink, options: Options | None = None) -> AbstractContextManager[BlockWriter]:
        """A target that is written block by block (``codecs.blocks.write_blocks``); it is complete when the block ends without an error.

        Parameters
        ----------
        image_set
            One image, of which ``holds`` has no problem, and the grid.
        sink
            Where it goes.
        options
            Of the writer.
        """
        opened: AbstractContextManager[BlockWriter] = load(self.blocks)(image_set, sink, options or self.options("write"))
        return opened


def load(path: str | None) -> Any:
    """The object that ``module:name`` names."""
    if path is None:
        raise LookupError("this format has no such part")
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
