"""Which annotation an id means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.model.features import Feature
from segue.notes import Kind, Note

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Known:
    """The ids of all annotations of a file."""

    ids: pl.Series
    """Null where there is none."""
    table: pl.DataFrame
    """``id`` (each once), ``row`` of the last annotation that has it: the one that NimbusImage would take."""

    def rows_of(self, ids: pl.Series) -> Ints:
        """The rows of the annotations of some ids; -1 for those that are not there."""
        if len(ids) == len(self.ids) and ids.equals(self.ids) and self.table.height == len(ids):
            return np.arange(len(ids))
        found = pl.DataFrame({"id": ids}).join(self.table, on="id", how="left", maintain_order="left")["row"]
        return found.fill_null(-1).to_numpy().astype(np.int64)

    def row_of(self, one: str) -> int:
        return int(self.rows_of(pl.Series([one], dtype=pl.Utf8))[0])


def known_ids(ids: pl.Series, xy: pl.Series) -> tuple[Known, list[Note]]:
    """The ids, and notes about those that are missing or there twice."""
    frame = pl.DataFrame({"id": ids, "row": pl.int_range(len(ids), eager=True)}).filter(pl.col("id").is_not_null() & (pl.col("id") != ""))
    table = frame if frame["id"].n_unique() == frame.height else frame.unique("id", keep="last", maintain_order=True)
    notes = []
    missing = len(ids) - frame.height
    if missing:
        notes.append(Note(Kind.REPAIRED, "annotations without an id get one", Feature.OBJECT_ID, count=missing))
    if table.height < frame.height:
        first = frame.filter(pl.col("id").is_duplicated())["id"][0]
        what = f"ids that several annotations have stay with the first; connections and values go to the last, as in NimbusImage; the first such id is {first}"
        notes.append(Note(Kind.REPAIRED, what, Feature.OBJECT_ID, count=frame.height - table.height))
    return Known(ids, table), notes
