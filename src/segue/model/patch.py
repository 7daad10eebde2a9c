"""Patches: exactly what an edit changes in a study, and therefore also what takes it back.

Rows are named by where they stood and where they stand, objects and connections by their ids, pixels by their row runs. A patch is made
for one state of a study and fits only that; its inverse fits the state after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from segue.model.connections import Connections
from segue.model.edited_pixels import Change, edited
from segue.model.frames import like
from segue.model.image import LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Table

REFERENCES = {"shapes": ("object",), "membership": ("object",), "connections": ("parent", "child")}
"""Columns that hold rows of objects; in a patch they hold ids. Of tables it is ``row``."""
TABLE = "table:"
"""What the name of a table follows among the parts of an image set."""


@dataclass(frozen=True, eq=False)
class Splice:
    """Rows that go, and rows that come."""

    gone_at: Ints
    """Where the rows that go stood."""
    gone: pl.DataFrame
    come_at: Ints
    """Where the rows that come will stand, when everything is done."""
    come: pl.DataFrame
    gone_rings: Rings = field(default_factory=Rings.empty)
    come_rings: Rings = field(default_factory=Rings.empty)
    """Of shapes only."""

    def inverted(self) -> Splice:
        return Splice(self.come_at, self.come, self.gone_at, self.gone, self.come_rings, self.gone_rings)

    def places(self, height: int) -> tuple[Ints, Ints]:
        """For a table of ``height`` rows: the rows that stay, and (rows afterwards,) where each comes from, the new ones behind all that stay."""
        after = height - len(self.gone_at) + len(self.come_at)
        for at, end in ((self.gone_at, height), (self.come_at, after)):
            if len(at) and (at.min() < 0 or at.max() >= end or len(np.unique(at)) != len(at)):
                raise ValueError("a change was made for another study: it names rows that are not there")
        stay = np.ones(height, bool)
        stay[self.gone_at] = False
        kept = np.flatnonzero(stay).astype(np.int64)
        order = np.empty(len(kept) + len(self.come_at), np.int64)
        come = np.zeros(len(order), bool)
        come[self.come_at] = True
        order[come] = len(kept) + np.argsort(np.argsort(self.come_at))
        order[~come] = np.arange(len(kept))
        return kept, order


@dataclass(frozen=True, eq=False)
class LabelPatch:
    """A change of a label image."""

    layer: str
    before: str
    """Number type before and after, as numpy writes it."""
    after: str
    change: Change

    def inverted(self) -> LabelPatch:
        return LabelPatch(self.layer, self.after, self.before, self.change.inverted())


@dataclass(frozen=True, eq=False)
class ImageSetPatch:
    """What changes in an image set."""

    parts: Mapping[str, Splice] = field(default_factory=dict)
    """objects, shapes, connections, membership, extras, aliases, ``table:NAME``."""
    labels: tuple[LabelPatch, ...] = ()
    tables: Mapping[str, tuple[Table | None, Table | None]] = field(default_factory=dict)
    """Tables that come, go, or get other columns: as they were and as they will be; None = there is none. Their rows are those of that state."""

    def inverted(self) -> ImageSetPatch:
        parts, tables = self.parts.items(), self.tables.items()
        return ImageSetPatch(
            {name: part.inverted() for name, part in parts},
            tuple(one.inverted() for one in reversed(self.labels)),
            {name: (after, before) for name, (before, after) in tables},
        )


@dataclass(frozen=True, eq=False)
class Patch:
    """What changes in a study."""

    image_sets: Mapping[int, ImageSetPatch] = field(default_factory=dict)
    """By their place in the study."""
    gone: tuple[tuple[int, Population], ...] = ()
    """Definitions of populations that go, with the places where they stood."""
    come: tuple[tuple[int, Population], ...] = ()
    """Definitions that come, with the places where they will stand."""
    properties: tuple[tuple[Property, ...], tuple[Property, ...]] | None = None
    """All definitions of properties, before and after; None = they stay."""
    sets_come: tuple[ImageSet, ...] = ()
    """Image sets that come, behind the others."""
    sets_gone: tuple[str, ...] = ()
    """Names of the image sets that go: the last ones. What they held is not remembered, so only what adds image sets can be taken back."""

    def inverted(self) -> Patch:
        """The patch that takes this one back.

        Raises
        ------
        ValueError
            It takes image sets away.
        """
        if self.sets_gone:
            raise ValueError("what image sets held that are gone is not remembered")
        properties = None if self.properties is None else self.properties[::-1]
        changed = {nth: one.inverted() for nth, one in self.image_sets.items()}
        return Patch(changed, self.come, self.gone, properties, sets_gone=tuple(s.name for s in self.sets_come))


def patched(study: Study, patch: Patch) -> Study:
    """The study with a patch made to it; what the patch does not name is shared.

    Raises
    ------
    ValueError
        The patch was made for another state of the study.
    """
    gone = dict(patch.gone)
    populations = [one for nth, one in enumerate(study.populations) if nth not in gone]
    for nth, one in sorted(patch.come, key=lambda pair: pair[0]):
        populations.insert(nth, one)
    wrong = [nth for nth in patch.image_sets if not 0 <= nth < len(study.image_sets)]
    properties = study.properties if patch.properties is None else patch.properties[1]
    wrong += [] if patch.properties is None or patch.properties[0] == study.properties else [-1]
    stay = len(study.image_sets) - len(patch.sets_gone)
    wrong += [] if stay >= 0 and [s.name for s in study.image_sets[stay:]] == list(patch.sets_gone) else [-1]
    if wrong or any(nth >= len(study.populations) or study.populations[nth].id != one.id for nth, one in patch.gone):
        raise ValueError("a change was made for another study")
    sets = tuple(_image_set(s, patch.image_sets[nth]) if nth in patch.image_sets else s for nth, s in enumerate(study.image_sets))
    return replace(study, image_sets=sets[:stay] + patch.sets_come, populations=tuple(populations), properties=properties)


def _image_set(s: ImageSet, patch: ImageSetPatch) -> ImageSet:
    parts = patch.parts
    objects = Objects(_spliced(s.objects.frame, parts["objects"])) if "objects" in parts else s.objects
    rows = _Rows.of(s.objects.frame["id"], objects.frame["id"], parts.get("objects"))
    connections = _connections(s.connections, parts.get("connections"), rows)
    links = _Rows.of(s.connections.frame["id"], connections.frame["id"], parts.get("connections"))
    tables = {
        name: _table(table, parts.get(TABLE + name), links if table.about == "connections" else rows) if table.keys and name not in patch.tables else table
        for name, table in s.tables.items()
    }
    tables = _whole(tables, patch.tables)
    return replace(
        s,
        labels=tuple(_labels(image, patch.labels) for image in s.labels),
        objects=objects,
        shapes=_shapes(s.shapes, parts.get("shapes"), rows),
        connections=connections,
        tables=s.tables if list(tables) == list(s.tables) and all(tables[name] is table for name, table in s.tables.items()) else tables,
        membership=_membership(s.membership, parts.get("membership"), rows),
        extras=_spliced(s.extras, parts["extras"]) if "extras" in parts else s.extras,
        aliases=_spliced(s.aliases, parts["aliases"]) if "aliases" in parts else s.aliases,
    )


def _whole(tables: dict[str, Table], patches: Mapping[str, tuple[Table | None, Table | None]]) -> dict[str, Table]:
    """The tables with those that are replaced as a whole."""
    for name, (before, after) in patches.items():
        if (before is None) != (name not in tables) or (before is not None and tables[name].columns != before.columns):
            raise ValueError(f"a change was made for another study: its table {name!r} is another")
        tables = {**tables, name: after} if after is not None else {other: table for other, table in tables.items() if other != name}
    return tables


@dataclass(frozen=True, eq=False)
class _Rows:
    """Where the rows of a table went, and what their ids are now."""

    ids: pl.Series
    new_of_old: Ints | None
    """-1 = gone; None = every row is where it was."""

    @classmethod
    def of(cls, before: pl.Series, after: pl.Series, splice: Splice | None) -> _Rows:
        if splice is None:
            return cls(after, None)
        kept, order = splice.places(before.len())
        if not before.gather(splice.gone_at).equals(splice.gone["id"]):
            raise ValueError("a change was made for another study: it names objects that stand elsewhere")
        new_of_old = np.full(before.len(), -1, np.int64)
        new_of_old[kept] = np.flatnonzero(order < len(kept))
        places = dict(zip(splice.come["id"], splice.come_at, strict=True))
        new_of_old[splice.gone_at] = [places.get(name, -1) for name in splice.gone["id"]]
        moved = before.len() != after.len() or not np.array_equal(new_of_old, np.arange(before.len()))
        return cls(after, new_of_old if moved else None)

    def renumbered(self, frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
        """Rows that stay, with the new row numbers of what they refer to."""
        if self.new_of_old is None:
            return frame
        found = {name: self.new_of_old[frame[name].to_numpy()] for name in names}
        if any((column < 0).any() for column in found.values()):
            raise ValueError("a change was made for another study: something refers to an object that is gone")
        return frame.with_columns(**{name: pl.Series(column, dtype=pl.Int32) for name, column in found.items()})

    def resolved(self, frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
        """Rows that come, with row numbers in place of ids."""
        if frame.is_empty():
            return frame.with_columns(pl.col(name).cast(pl.Int32) for name in names)
        rows = pl.int_range(self.ids.len(), dtype=pl.Int32, eager=True)
        found = {name: frame[name].replace_strict(self.ids, rows, default=None, return_dtype=pl.Int32) for name in names}
        if any(column.null_count() for column in found.values()):
            raise ValueError("a change was made for another study: it names an object that is not there")
        return frame.with_columns(**found)


def _spliced(frame: pl.DataFrame, splice: Splice, rows: _Rows | None = None, names: tuple[str, ...] = ()) -> pl.DataFrame:
    kept, order = splice.places(frame.height)
    stay, come = frame[kept], splice.come
    if rows is not None:
        stay, come = rows.renumbered(stay, names), rows.resolved(come, names)
    return pl.concat([stay, like(come, stay)])[order]


def _shapes(shapes: Shapes, splice: Splice | None, rows: _Rows) -> Shapes:
    names = REFERENCES["shapes"]
    if splice is None:
        return shapes if rows.new_of_old is None else Shapes(rows.renumbered(shapes.frame, names), shapes.rings)
    kept, order = splice.places(len(shapes))
    if not len(splice.come_at):
        return Shapes(_spliced(shapes.frame, splice, rows, names), shapes.rings.take(kept))
    place = np.concatenate([kept, len(shapes) + np.arange(len(splice.come_at), dtype=np.int64)])
    rings = concat([shapes.rings, splice.come_rings]).take(place[order])
    return Shapes(_spliced(shapes.frame, splice, rows, names), rings)


def _connections(connections: Connections, splice: Splice | None, rows: _Rows) -> Connections:
    names = REFERENCES["connections"]
    if splice is None:
        return connections if rows.new_of_old is None else Connections(rows.renumbered(connections.frame, names))
    return Connections(_spliced(connections.frame, splice, rows, names))


def _membership(membership: Membership, splice: Splice | None, rows: _Rows) -> Membership:
    names = REFERENCES["membership"]
    if splice is None:
        return membership if rows.new_of_old is None else Membership(rows.renumbered(membership.frame, names))
    return Membership(_spliced(membership.frame, splice, rows, names))


def with_marks(table: Table) -> tuple[pl.DataFrame, str]:
    """The frame of a table with its marks of stale rows as the last column, and the name of that column."""
    name = "stale"
    while name in table.frame.columns:
        name += "_"
    return table.frame.with_columns(table.frame["row"].is_in(table.stale.implode()).alias(name)), name


def _table(table: Table, splice: Splice | None, rows: _Rows) -> Table:
    if splice is None and rows.new_of_old is None:
        return table
    frame, mark = with_marks(table)
    frame = rows.renumbered(frame, ("row",)) if splice is None else _spliced(frame, splice, rows, ("row",))
    return Table(table.about, frame.drop(mark), table.columns, frame["row"].filter(frame[mark]))


def _labels(image: LabelImage, patches: tuple[LabelPatch, ...]) -> LabelImage:
    for patch in patches:
        if patch.layer == image.name:
            image = replace(image, pixels=edited(image.pixels, image.axes, patch.change, np.dtype(patch.after)))
    return image
