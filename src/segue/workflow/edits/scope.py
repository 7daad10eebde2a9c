"""What an edit works on: some objects of one image set, and the draft of what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.model.image import LabelImage
from segue.model.patch import TABLE
from segue.model.rings import Ints
from segue.model.study import ImageSet, Study
from segue.workflow.edits.draft import Draft


@dataclass(frozen=True)
class Scope:
    """Objects of one image set that an edit names."""

    study: Study
    s: ImageSet
    frame: pl.DataFrame
    """All objects of the image set; where its label images stand for them, these."""
    rows: Ints
    """Those that the edit is about, in the order in which they were named."""
    draft: Draft

    @property
    def virtual(self) -> bool:
        """Whether no table lists the objects: their pixels are all there is of them."""
        return not len(self.s.objects)

    def touching(self, part: str, rows: Ints) -> Ints:
        """Rows of a part that belong to some objects (connections: at either end)."""
        frame = self.draft.frame(part)
        if part in ("extras", "aliases"):
            ids = self.frame["id"].gather(rows)
            return np.flatnonzero(
                frame.select((pl.col("entity") == "object") & pl.col("id").is_in(ids.implode())).to_series().fill_null(value=False).to_numpy()
            )
        names = ("parent", "child") if part == "connections" else ("row",) if part.startswith(TABLE) else ("object",)
        hit = np.zeros(frame.height, bool)
        for name in names:
            hit |= np.isin(frame[name].to_numpy(), rows)
        return np.flatnonzero(hit).astype(np.int64)

    def tables(self, *about: str) -> list[str]:
        """Parts of the patch that are tables about something."""
        return [TABLE + name for name, table in self.s.tables.items() if table.about in about]

    def refuse_locked(self, what: str) -> None:
        """Raise UsageError if one of the objects is locked."""
        locked = self.frame[self.rows].filter(pl.col("locked"))
        if locked.height:
            raise UsageError(f"object {locked['id'][0]!r} is locked, so it cannot be {what}; unlock it first (--unlock)", object=locked["id"][0])

    def of_layer(self, image: LabelImage, rows: Ints) -> pl.DataFrame:
        """``row``, ``label`` and ``t`` of the objects that have pixels in a label image."""
        frame = self.frame[rows].with_columns(row=pl.Series(rows))
        return frame.filter(pl.col("layer").eq_missing(pl.lit(image.name)) & pl.col("label").is_not_null()).select("row", "label", "t")

    def remove_objects(self, rows: Ints) -> int:
        """Objects go, with everything that belongs to them but their pixels, shapes and connections; returns how many rows of values went."""
        if self.virtual:
            return 0
        self.draft.remove("objects", rows)
        for part in ("membership", "extras", "aliases"):
            self.draft.remove(part, self.touching(part, rows))
        return sum(self.draft.remove(part, self.touching(part, rows)) for part in self.tables("objects", "objects on planes"))

    def remove_connections(self, rows: Ints) -> int:
        """Connections go, with their values."""
        for part in self.tables("connections"):
            values = self.draft.frame(part)["row"].to_numpy()
            self.draft.remove(part, np.flatnonzero(np.isin(values, rows)))
        return self.draft.remove("connections", rows)

    def mark_stale(self, rows: Ints, connections: Ints) -> int:
        """Mark all values about some objects and about some connections as stale; returns how many rows."""
        count = 0
        for about, things in ((("objects", "objects on planes"), rows), (("connections",), connections)):
            for part in self.tables(*about):
                values = np.flatnonzero(np.isin(self.draft.frame(part)["row"].to_numpy(), things)).astype(np.int64)
                frame = self.draft.keyed(part, values)
                self.draft.change(part, values, frame.with_columns(pl.lit(True).alias(frame.columns[-1])))
                count += len(values)
        return count
