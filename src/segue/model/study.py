"""Study and ImageSet: the one model that every format reads into and writes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import polars as pl

from segue.model.connections import Connections
from segue.model.display import Display
from segue.model.frames import check_rows, conform
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.shapes import Shapes
from segue.model.tables import Table

EXTRAS = {"format": pl.Utf8, "entity": pl.Utf8, "id": pl.Utf8, "payload": pl.Utf8}
"""What the model has no word for: format, kind of entity (``study``, ``image set``, ``object``, ``population``, ...), its id, JSON text."""
ALIASES = {"format": pl.Utf8, "entity": pl.Utf8, "id": pl.Utf8, "alias": pl.Utf8}
"""Foreign ids: the name by which a format knows an entity."""


@cache
def _no_extras() -> pl.DataFrame:
    return pl.DataFrame(schema=EXTRAS)


@cache
def _no_aliases() -> pl.DataFrame:
    return pl.DataFrame(schema=ALIASES)


@dataclass(frozen=True)
class Property:
    """The definition of something that is measured, shared by all image sets."""

    id: str
    """Unique in the study."""
    name: str
    """What people call it."""
    kind: str = ""
    """The kind of measurement, in the words of the tool that defined it."""
    settings: str = "{}"
    """JSON text."""


@dataclass(frozen=True)
class Event:
    """One entry of the history: what was done, by which version, with which recipe, on which inputs."""

    what: str
    """The task, e.g. ``convert``."""
    version: str
    """Version of segue."""
    recipe: str = "{}"
    """JSON text."""
    inputs: tuple[tuple[str, str], ...] = ()
    """(name, checksum)."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """One field of view and everything known about it."""

    name: str
    """What its file calls it; empty = the file does not say."""
    grid: Grid = field(default_factory=Grid)
    """The pixel grid that everything geometric is counted in."""
    group: str | None = None
    """The data set it belongs to."""
    position: tuple[tuple[str, int], ...] = ()
    """Its place in the group: (axis, index from 0)."""
    images: tuple[Image, ...] = ()
    """Intensities."""
    labels: tuple[LabelImage, ...] = ()
    """Segments; their names are the layers of the objects."""
    objects: Objects = field(default_factory=Objects.empty)
    """May be empty where label images are: the objects are then the labels themselves."""
    shapes: Shapes = field(default_factory=Shapes.empty)
    """Where the objects are, as vectors."""
    connections: Connections = field(default_factory=Connections.empty)
    """What belongs to, follows or touches what."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Name -> values about objects, connections, the image set, or objects on planes."""
    membership: Membership = field(default_factory=Membership.empty)
    """Which objects are in which populations."""
    display: Display | None = None
    """How it is looked at; None = not stated."""
    extras: pl.DataFrame = field(default_factory=_no_extras)
    """Details of a format that the model has no word for: format, entity, id, payload."""
    aliases: pl.DataFrame = field(default_factory=_no_aliases)
    """Names by which other formats know an entity: format, entity, id, alias."""
    history: tuple[Event, ...] = ()
    """What was done to it; never compared."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", dict(self.tables))
        object.__setattr__(self, "extras", conform(self.extras, EXTRAS, "extras"))
        object.__setattr__(self, "aliases", conform(self.aliases, ALIASES, "aliases"))
        height = len(self.objects)
        check_rows(self.shapes.frame, "object", height, "shapes")
        check_rows(self.membership.frame, "object", height, "memberships")
        for name in ("parent", "child"):
            check_rows(self.connections.frame, name, height, "connections")
        for name, table in self.tables.items():
            if table.about != "image set":
                check_rows(table.frame, "row", len(self.connections) if table.about == "connections" else height, f"table {name}")
        if len({image.name for image in self.labels}) != len(self.labels):
            raise ValueError("label images have different names")

    def __repr__(self) -> str:
        from segue.model.describe import describe

        return describe(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  (the protocol of IPython, also used by Hypothesis)
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        from segue.model.describe import html

        return html(self)


@dataclass(frozen=True, eq=False)
class Study:
    """Image sets in order, and the definitions that they share."""

    image_sets: tuple[ImageSet, ...] = ()
    """Fields of view, in order."""
    populations: tuple[Population, ...] = ()
    """Definitions of the named sets of objects."""
    properties: tuple[Property, ...] = ()
    """Definitions of what is measured."""
    displays: tuple[Display, ...] = ()
    """Presets, by their names."""
    extras: pl.DataFrame = field(default_factory=_no_extras)
    """Details of a format about the whole study, or about a definition, that the model has no word for."""
    close: Any = None
    """Called without arguments when a ``with`` block ends: lets go of open files."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "extras", conform(self.extras, EXTRAS, "extras"))
        if len({population.id for population in self.populations}) != len(self.populations):
            raise ValueError("ids of populations are unique")
        if len({one.id for one in self.properties}) != len(self.properties) or len({one.name for one in self.displays}) != len(self.displays):
            raise ValueError("ids of properties and names of display presets are unique")
        known = {population.id for population in self.populations}
        for image_set in self.image_sets:
            frame = image_set.membership.frame
            if frame.height and not set(frame["population"].unique()) <= known:
                raise ValueError("a membership names a population that is not defined")

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        if self.close is not None:
            self.close()

    def __repr__(self) -> str:
        from segue.model.describe import describe_study

        return describe_study(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  (as above)
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        from segue.model.describe import html_study

        return html_study(self)

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process holds no open file, so there is nothing to close."""
        return {**self.__dict__, "close": None}

    def map(self, change: Any) -> Study:
        """The study with ``change`` applied to every image set."""
        return replace(self, image_sets=tuple(change(image_set) for image_set in self.image_sets))
