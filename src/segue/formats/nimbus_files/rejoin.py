"""Holes and parts that went through NimbusImage, which drops the member ``segue``: found again by what else the writer left of them.

Never by a guess: each is taken only if everything says the same that the writer would have written (ADR 0085).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from segue.codecs.nimbus_documents import SIDE, Documents
from segue.formats.nimbus_files.ids_read import Known
from segue.formats.nimbus_files.read_rows import Rows
from segue.formats.nimbus_files.rejoin_holes import holes_of
from segue.formats.nimbus_files.rejoin_parts import Marks, marks_of, numbered, parts_of
from segue.formats.nimbus_files.side import SCHEMA
from segue.formats.nimbus_files.terms import HOLE, PART, POLYGON
from segue.geometry.find_slits import find_slits
from segue.geometry.slits import LENGTHS
from segue.model.features import Feature
from segue.model.rings import Rings as Flat
from segue.notes import Kind, Note

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Found:
    """What the member ``segue`` of annotations would have said."""

    documents: Documents
    side: pl.DataFrame | None
    """As `side.SCHEMA`; None = nothing."""
    notes: list[Note]


def rejoined(documents: Documents, rows: Rows, known: Known, *, wanted: bool) -> Found:
    """The annotations with what belongs together, if that is ``wanted``; else a note of how much it is.

    Parameters
    ----------
    documents
        All of the file. One that has the member ``segue`` says itself what belongs together.
    rows
        Its annotations.
    known
        Their ids.
    wanted
        Whether they are put together.
    """
    if SIDE in documents.members or not rows.frame.height:
        return Found(documents, None, [])
    slits = _slits(rows)
    marks = marks_of(documents, rows, known)
    joint = parts_of(marks, rows)
    members = numbered(joint, rows)
    holes, joint = holes_of(marks, members, joint, rows)
    counts = (int(slits[LENGTHS].is_not_null().sum()), int(joint.is_hole.sum()), int((~joint.is_hole).sum()))
    if not any(counts):
        return Found(documents, None, _left(marks, 0, 0) if wanted else [])
    if not wanted:
        return Found(documents, None, [_hint(counts)])
    side = _side(rows, slits, members, holes)
    connections = documents.connections.with_columns(side=documents.connections["side"].scatter(joint.connection, '{"made":true}'))
    return Found(replace(documents, connections=connections), side, [*_done(counts), *_left(marks, counts[1], counts[2])])


def _slits(rows: Rows) -> pl.DataFrame:
    """Per annotation where its rings are; null for those that are one."""
    areas = np.flatnonzero((rows.frame["shape"] == POLYGON).to_numpy())
    rings = Flat.simple(rows.coords, rows.start)
    found = find_slits(rings if len(areas) == len(rings) else rings.take(areas))
    if len(areas) == len(rings):
        return found
    every = pl.DataFrame({"row": pl.int_range(rows.frame.height, dtype=pl.Int64, eager=True)})
    return every.join(found.with_columns(row=pl.Series(areas, dtype=pl.Int64)), on="row", how="left", maintain_order="left").drop("row")


def _side(rows: Rows, slits: pl.DataFrame, members: pl.DataFrame, holes: pl.DataFrame) -> pl.DataFrame:
    """The members ``segue`` that the annotations would have."""
    count = rows.frame.height
    said = pl.concat([members.select("row", "owner", "shape", "part", hole=pl.lit(0, pl.Int64), marked=pl.lit(value=True)), holes])
    said = said.with_columns(of=pl.when(pl.col("row") != pl.col("owner")).then(rows.frame["id"].gather(said["owner"])))
    every = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int64, eager=True)}).join(said, on="row", how="left", maintain_order="left")
    own = {name: every[name] for name in ("of", "shape", "part", "hole", "marked")} | {name: slits[name] for name in slits.columns}
    frame = pl.DataFrame({name: own[name] if name in own else pl.Series([None], dtype=dtype).new_from_index(0, count) for name, dtype in SCHEMA.items()})
    return frame.cast(SCHEMA)  # type: ignore[arg-type]


def _hint(counts: tuple[int, int, int]) -> Note:
    slits, holes, parts = counts
    what = [f"{slits} outlines with slits"] * (slits > 0) + [f"{holes} holes"] * (holes > 0) + [f"{parts} further parts"] * (parts > 0)
    sentence = f"{', '.join(what)}, as segue writes them for NimbusImage, stay annotations as they are; --set rejoin=true puts them together again"
    return Note(Kind.ASSUMED, sentence, count=sum(counts))


def _done(counts: tuple[int, int, int]) -> list[Note]:
    what = (
        "outlines with slits are outlines with holes again, as was asked for",
        f"annotations with the tag '{HOLE}' are holes of their objects again, as was asked for",
        f"annotations with the tag '{PART}' are parts of their objects again, as was asked for",
    )
    return [Note(Kind.REPAIRED, one, Feature.OBJECTS, count=count) for one, count in zip(what, counts, strict=True) if count]


def _left(marks: Marks, holes: int, parts: int) -> list[Note]:
    """What has such a connection, and too little else."""
    found = []
    for name, count in ((HOLE, len(marks.of(HOLE).child) - holes), (PART, len(marks.of(PART).child) - parts)):
        if count > 0:
            what = f"connections with the tag '{name}' stay, as not everything says that they are of segue: place, tags, name, and for holes the outline"
            found.append(Note(Kind.ASSUMED, what, Feature.CONNECTIONS, count=count))
    return found
