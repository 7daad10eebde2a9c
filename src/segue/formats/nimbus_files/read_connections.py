"""Connections between annotations of one image set; those that lead nowhere are left out, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import polars as pl

from segue.codecs.json_columns import unquoted
from segue.errors import Malformed
from segue.formats.nimbus_files.ids_read import Known
from segue.formats.nimbus_files.read_parts import are_joints
from segue.formats.nimbus_files.read_rows import plain_ids
from segue.formats.nimbus_files.tags import read_tags
from segue.formats.nimbus_files.terms import CONNECTION, NAME
from segue.model.connections import KINDS, SCHEMA, Connections
from segue.model.features import Feature
from segue.model.objects import unique_texts
from segue.model.study import EXTRAS
from segue.notes import Kind, Note

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Side(msgspec.Struct, gc=False):
    """The member ``segue`` of a connection."""

    id: str | None = None
    made: bool = False
    """Whether it was made to connect annotations of one object."""
    kind: str = "link"
    untagged: bool = False
    """Whether it has no list of tags, where NimbusImage has an empty one."""


_PLAIN = Side()


@dataclass(frozen=True)
class Found:
    """The connections of one image set, and their further members."""

    connections: Connections
    extras: pl.DataFrame


def connections_of(given: pl.DataFrame, known: Known, owner: Ints, xy: pl.Series, object_row: Ints, images: Sequence[int]) -> tuple[list[Found], list[Note]]:
    """The connections of every image set.

    Parameters
    ----------
    given
        `nimbus_documents.CONNECTIONS`.
    known
        The ids of annotations.
    owner, xy, object_row
        Per annotation: the annotation that its object is, its position, the row of its object.
    images
        The position of every image set.
    """
    if not given.height:
        return [Found(Connections.empty(), pl.DataFrame(schema=EXTRAS)) for _ in images], []
    parent, child = (plain_ids(given[name]) for name in ("parent", "child"))
    ends = np.stack([known.rows_of(parent), known.rows_of(child)])
    there: Bools = np.asarray((ends >= 0).all(axis=0))
    sets = xy.to_numpy()
    across: Bools = np.zeros(given.height, np.bool_)
    if len(sets):
        across[:] = there & (sets[ends[0]] != sets[ends[1]])
    notes = _notes(parent, child, ends, there, across)
    kept = np.flatnonzero(there & ~across & ~are_joints(given["side"], ends[0], ends[1], owner))
    frame, extras = _frame(given[kept], object_row[ends[0][kept]], object_row[ends[1][kept]], kept)
    places = sets[ends[0][kept]] if len(kept) else np.empty(0, np.int32)
    found = []
    for one in images:
        rows = np.flatnonzero(places == one)
        found.append(_one_set(frame[rows], extras.gather(rows)))
    return found, notes


def _notes(parent: pl.Series, child: pl.Series, ends: np.ndarray[tuple[int, int], np.dtype[np.int64]], there: Bools, across: Bools) -> list[Note]:
    notes = []
    if not there.all():
        nth = int((~there).argmax())
        missing = (parent if ends[0, nth] < 0 else child)[nth] or "without an id"
        what = f"they name annotations that are not in the file, so they lead nowhere; the first of these annotations is {missing}"
        notes.append(Note(Kind.SKIPPED, what, Feature.CONNECTIONS, count=int((~there).sum())))
    if across.any():
        nth = int(across.argmax())
        what = f"they connect annotations of different positions (XY), which are different images here; the first leads from {parent[nth]} to {child[nth]}"
        notes.append(Note(Kind.SKIPPED, what, Feature.CONNECTIONS, count=int(across.sum())))
    return notes


def _frame(given: pl.DataFrame, parent: Ints, child: Ints, number: Ints) -> tuple[pl.DataFrame, pl.Series]:
    """The table of connections, ids still as they stand; and further members."""
    sides = _sides(given["side"])
    codes, lists, _ = read_tags(given["tags"], once=False)
    tags = pl.Series(lists, dtype=pl.List(pl.Utf8)).gather(codes) if len(lists) else pl.Series([], dtype=pl.List(pl.Utf8))
    ids = plain_ids(given["id"])
    kind = pl.Series(["link"]).new_from_index(0, given.height)
    if sides is not None:
        ids = pl.select(pl.coalesce(pl.Series([one.id for one in sides], dtype=pl.Utf8), ids).alias("id"))["id"]
        kind = pl.Series([one.kind if one.kind in KINDS else "link" for one in sides], dtype=pl.Utf8)
        tags = _untagged(tags, sides)
    missing = pl.Series([f"#{nth + 1}" for nth in number], dtype=pl.Utf8) if ids.null_count() else ids
    frame = pl.DataFrame(
        {
            "id": pl.select(pl.coalesce(ids, missing).alias("id"))["id"],
            "kind": kind,
            "parent": pl.Series(parent, dtype=pl.Int32),
            "child": pl.Series(child, dtype=pl.Int32),
            "label": unquoted(given["label"]),
            "tags": tags,
        }
    )
    return frame, given["other"]


def _untagged(tags: pl.Series, sides: list[Side]) -> pl.Series:
    none = pl.Series([one.untagged for one in sides], dtype=pl.Boolean)
    return pl.select(pl.when(~none).then(tags).alias("tags"))["tags"] if none.any() else tags


def _sides(texts: pl.Series) -> list[Side] | None:
    if texts.null_count() == len(texts):
        return None
    try:
        found = msgspec.json.decode("[" + texts.fill_null("null").str.join(",").item() + "]", type=list[Side | None])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"the members 'segue' of connections are damaged: {error}", position="segue", expected="what segue writes") from error
    return [_PLAIN if one is None else one for one in found]


def _one_set(frame: pl.DataFrame, extras: pl.Series) -> Found:
    """Connections of one image set, with ids that are unique."""
    ids = frame["id"]
    frame = frame if ids.n_unique() == len(ids) else frame.with_columns(id=unique_texts(ids))
    connections = Connections(frame.cast({"kind": SCHEMA["kind"]}))
    own = pl.DataFrame({"id": frame["id"], "payload": extras}).filter(pl.col("payload").is_not_null())
    return Found(connections, own.select(format=pl.lit(NAME), entity=pl.lit(CONNECTION), id="id", payload="payload").cast(pl.Schema(EXTRAS)))
