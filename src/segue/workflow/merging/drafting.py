"""From one image set that is imported to the patch of the study's image set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from segue.model.objects import unique_texts
from segue.model.patch import TABLE, ImageSetPatch
from segue.model.populations import Population
from segue.model.rings import Bools, Ints
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.workflow.edits.draft import Draft
from segue.workflow.edits.scope import Scope
from segue.workflow.merging.going import going
from segue.workflow.merging.members import Members, members
from segue.workflow.merging.rows import Rows
from segue.workflow.merging.values import join_tables
from segue.workflow.merging.wish import Wish


@dataclass
class Counts:
    """What became of an image set."""

    objects: int = 0
    """New ones."""
    known: int = 0
    """Those that the study had already."""
    replaced: int = 0
    gone: int = 0
    renamed: int = 0
    """New ones under another id."""
    unlabelled: int = 0
    """New ones whose label number belongs to a segment of the study."""
    connections: int = 0
    known_connections: int = 0
    loose: int = 0
    """Connections one of whose ends is not there."""
    memberships: int = 0
    classes: int = 0
    values: int = 0
    differing: int = 0
    details: int = 0


@dataclass
class Drafting:
    """Collecting what changes in one image set of a study."""

    study: Study
    target: ImageSet
    """Lists every object, also those that label images stand for."""
    s: ImageSet
    """What is imported, as far as it is wanted and fits; its ids of populations and properties are the study's."""
    rows: Rows
    wish: Wish
    populations: Sequence[Population]
    """All of the study, with those that come."""
    counts: Counts = field(default_factory=Counts)

    def patch(self) -> ImageSetPatch | None:
        """The patch; None = nothing changes."""
        draft = Draft(self.target)
        gone = going(self.target, self.s, self.rows, self.wish.overwrite)
        scope = Scope(self.study, self.target, self.target.objects.frame, gone, draft)
        links = scope.touching("connections", gone)
        scope.remove_connections(links)
        draft.remove("shapes", scope.touching("shapes", gone))
        tables = self._tables(gone, links)
        self._remove(scope, gone, tables)
        if self.wish.has("annotations"):
            self._objects(draft)
            self._shapes(draft)
            self._details(draft)
        self._members(draft)
        self._connections(draft)
        made = draft.patch() or ImageSetPatch()
        whole = {name: (self.target.tables.get(name), table) for name, table in tables.items()}
        return replace(made, tables=whole) if made.parts or whole else None

    @property
    def new(self) -> Bools:
        """(objects,) which come."""
        return np.asarray(self.rows.partner < 0)

    def _remove(self, scope: Scope, gone: Ints, tables: dict[str, Table]) -> None:
        draft = scope.draft
        self.counts.gone = draft.remove("objects", gone)
        for part in ("membership", "extras", "aliases"):
            draft.remove(part, scope.touching(part, gone))
        for part in scope.tables("objects", "objects on planes"):
            if part.removeprefix(TABLE) not in tables:
                draft.remove(part, scope.touching(part, gone))

    def _objects(self, draft: Draft) -> None:
        frame = self.s.objects.frame.with_columns(self.rows.ids.alias("id"))
        new = frame.filter(pl.Series(self.new))
        taken = new["layer"].is_in([image.name for image in self.target.labels]) & new["label"].is_not_null()
        taken |= _label_known(new, self.target.objects.frame)
        self.counts.unlabelled = int(taken.sum())
        free = pl.Series(~taken.to_numpy(allow_copy=True)) if new.height else taken
        draft.append("objects", new.with_columns(pl.when(free).then(pl.col(name)).alias(name) for name in ("layer", "label")))
        self.counts.objects, self.counts.known, self.counts.renamed = new.height, frame.height - new.height, self.rows.conflicts
        self._facts(draft, frame.filter(pl.Series(~self.new)))

    def _facts(self, draft: Draft, coming: pl.DataFrame) -> None:
        """Names, colours and tracks of objects that are known: where they have none, or all with ``ids``."""
        at = self.rows.partner[~self.new]
        old = self.target.objects.frame[at]
        names = ("name", "colour", "track", "t") if self.wish.overwrite == "ids" else ("name", "colour", "track")
        first, second = (coming, old) if self.wish.overwrite == "ids" else (old, coming)
        changed = old.with_columns(first[name].fill_null(second[name]) for name in names)
        differs = np.zeros(old.height, bool)
        for name in names:
            differs |= changed[name].ne_missing(old[name]).to_numpy()
        draft.change("objects", at[differs], changed.filter(pl.Series(differs)))

    def _shapes(self, draft: Draft) -> None:
        owner = self.s.shapes.frame["object"].to_numpy()
        if self.wish.overwrite == "ids":
            again = np.intersect1d(self.rows.partner[self.rows.partner >= 0], self.rows.partner[np.unique(owner)] if len(owner) else [])
            old = np.flatnonzero(np.isin(self.target.shapes.frame["object"].to_numpy(), again)).astype(np.int64)
            draft.remove("shapes", old)
            self.counts.replaced = len(again)
            wanted = np.ones(len(owner), bool)
        else:
            wanted = self.rows.drawn[owner] if len(owner) else np.zeros(0, bool)
        kept = self.s.shapes.take(np.flatnonzero(wanted).astype(np.int64))
        frame = kept.frame.with_columns(object=self.rows.ids.gather(kept.frame["object"]))
        draft.append("shapes", frame, kept.rings)

    def _details(self, draft: Draft) -> None:
        """Foreign details of new objects; others are about what the study has already."""
        fresh = pl.DataFrame({"id": self.s.objects.frame["id"], "final": self.rows.ids}).filter(pl.Series(self.new))
        for part in ("extras", "aliases"):
            frame: pl.DataFrame = getattr(self.s, part)
            mine = frame.filter(pl.col("entity") == "object").join(fresh, on="id", how="inner", maintain_order="left")
            draft.append(part, mine.with_columns(id="final").drop("final"))
            self.counts.details += frame.height - mine.height

    def _members(self, draft: Draft) -> None:
        found = members(self.target, self.s, self.rows, self.populations) if self.wish.has("populations") else Members(draft.keyed("membership", _NONE))
        new = found.new
        if not self.wish.has("annotations"):
            there = self.target.objects.frame["id"]
            new = new.filter(pl.col("object").is_in(there.implode()))
        draft.append("membership", new)
        self.counts.memberships, self.counts.classes = new.height, found.classes

    def _connections(self, draft: Draft) -> None:
        if not self.wish.has("connections"):
            return
        ids = self.rows.ids
        coming = self.s.connections.frame.with_columns(ids.gather(self.s.connections.frame[end]).alias(end) for end in ("parent", "child"))
        there = self.target.objects.frame["id"]
        present = pl.concat([there, ids.filter(pl.Series(self.new))]) if self.wish.has("annotations") else there
        tied = coming.filter(pl.col("parent").is_in(present.implode()) & pl.col("child").is_in(present.implode()))
        self.counts.loose = coming.height - tied.height
        known = draft.keyed("connections", np.arange(len(self.target.connections), dtype=np.int64)).with_columns(pl.col("kind").cast(pl.Utf8))
        tied = tied.with_columns(pl.col("kind").cast(pl.Utf8))
        new = tied.join(known, on=["id", "kind", "parent", "child"], how="anti", maintain_order="left")
        self.counts.known_connections, self.counts.connections = tied.height - new.height, new.height
        names = unique_texts(pl.concat([known["id"], new["id"]])).slice(known.height)
        draft.append("connections", new.with_columns(names.alias("id"), pl.col("kind").cast(self.target.connections.frame.schema["kind"])))

    def _tables(self, gone: Ints, links: Ints) -> dict[str, Table]:
        """The tables that change, as they will be."""
        if not self.wish.has("values"):
            return {}
        height = len(self.target.objects)
        place = _places(height, gone)
        at = np.where(self.new, height - len(gone) + np.cumsum(self.new) - 1, place[self.rows.partner] if height else -1)
        if not self.wish.has("annotations"):
            at = np.where(self.new, -1, at)
        found = {}
        for name, table in self.s.tables.items():
            if table.about not in ("objects", "objects on planes") or not len(table):
                self.counts.details += table.about not in ("objects", "objects on planes")
                continue
            own, old = _named(self.target, name, table)
            joined = join_tables(None if old is None else _moved(old, place), _moved(table, at), replacing=self.wish.overwrite == "ids")
            self.counts.differing += joined.differing
            if old is None or not _equal(joined.table, old):
                found[own] = joined.table
                self.counts.values += sum(table.frame[one.name].drop_nulls().len() for one in table.columns)
        return found


_NONE: Ints = np.zeros(0, np.int64)


def _label_known(new: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    keys = ["layer", "t", "label"]
    asked = new.select(keys).with_row_index()
    hit = asked.filter(pl.col("label").is_not_null()).join(known.select(keys), on=keys, how="semi", nulls_equal=True)["index"]
    return asked["index"].is_in(hit.implode())


def _places(height: int, gone: Ints) -> Ints:
    """(height,) where each row stands when others are gone; -1 = it is gone."""
    stay = np.ones(height, bool)
    stay[gone] = False
    return np.where(stay, np.cumsum(stay) - 1, -1).astype(np.int64)


def _moved(table: Table, places: Ints) -> Table:
    """A table with other row numbers; rows that have none (-1) are left out."""
    row = pl.Series("row", places[table.frame["row"].to_numpy()] if len(table) else [], pl.Int32)
    stale = pl.Series("row", places[table.stale.to_numpy()] if len(table.stale) else [], pl.Int32)
    frame = table.frame.with_columns(row).filter(row >= 0)
    return replace(table, frame=frame, stale=stale.filter(stale >= 0))


def _named(target: ImageSet, name: str, table: Table) -> tuple[str, Table | None]:
    """The table of the study that is meant: of the same name and about the same, else a new one under a free name."""
    old = target.tables.get(name)
    if old is None or old.about == table.about:
        return name, old
    return str(unique_texts(pl.Series([*target.tables, name], dtype=pl.Utf8))[-1]), None


def _equal(a: Table, b: Table) -> bool:
    return a.columns == b.columns and a.frame.equals(b.frame) and a.stale.equals(b.stale)
