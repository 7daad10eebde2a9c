"""Annotations that are further parts of another one: the tag ``part`` ends equal tags of both, and a connection with that tag leads from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.nimbus_documents import Documents
from segue.formats.nimbus_files.ids_read import Known
from segue.formats.nimbus_files.read_rows import Rows, plain_ids
from segue.formats.nimbus_files.tags import read_tags
from segue.formats.nimbus_files.terms import HOLE, PART, POLYGON

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Links:
    """Connections with one of the tags, between annotations that are there."""

    connection: Ints
    """Its row."""
    parent: Ints
    child: Ints
    """Rows of annotations."""

    def only(self, which: Bools) -> Links:
        return Links(self.connection[which], self.parent[which], self.child[which])


@dataclass(frozen=True)
class Marks:
    """What tags say of annotations and connections."""

    links: Mapping[str, Links]
    """Tag -> its connections."""
    tags: pl.Series
    """(annotations,) the number of the list of tags."""
    is_hole: Bools
    """(annotations,) the only tag is ``hole``."""
    is_part: Bools
    """(annotations,) the last tag is ``part``."""
    facts: pl.DataFrame
    """(annotations,) xy, t, name and colour: what parts and holes have from their object."""

    def of(self, tag: str) -> Links:
        return self.links[tag]


@dataclass(frozen=True)
class Joint:
    """Annotations that belong to others."""

    connection: Ints
    """The connection that says so."""
    owner: Ints
    child: Ints
    is_hole: Bools


def marks_of(documents: Documents, rows: Rows, known: Known) -> Marks:
    """What tags say."""
    links = {tag: _links(documents.connections, known, tag) for tag in (HOLE, PART)}
    facts = rows.frame.select("xy", "t").with_columns(name=documents.annotations["name"], colour=documents.annotations["colour"])
    if not any(len(one.child) for one in links.values()):  # the tags of all annotations need not be looked at
        none = np.zeros(rows.frame.height, np.bool_)
        return Marks(links, pl.Series([0], dtype=pl.Int32).new_from_index(0, len(none)), none, none, facts)
    codes, lists, _ = read_tags(documents.annotations["tags"], once=False)
    hole = np.array([tags == [HOLE] for tags in lists], np.bool_)[codes.to_numpy()]
    part = np.array([tags[-1:] == [PART] for tags in lists], np.bool_)[codes.to_numpy()]
    return Marks(links, codes, hole, part, facts)


def _links(given: pl.DataFrame, known: Known, tag: str) -> Links:
    """The connections that have only this tag, one for each annotation that it leads to."""
    codes, lists, _ = read_tags(given["tags"], once=False)
    wanted = pl.Series([nth for nth, tags in enumerate(lists) if tags == [tag]], dtype=pl.Int32)
    at = np.flatnonzero(codes.is_in(wanted.implode()).to_numpy())
    ends = [known.rows_of(plain_ids(given[name].gather(at))) for name in ("parent", "child")]
    found = Links(at.astype(np.int64), *ends)
    found = found.only((found.parent >= 0) & (found.child >= 0) & (found.parent != found.child))
    times = np.bincount(found.child, minlength=1)
    return found.only(times[found.child] == 1)


def alike(marks: Marks, links: Links) -> Bools:
    """Which lead to an annotation of the same image, time, name and colour."""
    found: Bools = np.ones(len(links.child), np.bool_)
    for name in marks.facts.columns:
        values = marks.facts[name]
        found &= values.gather(links.parent).eq_missing(values.gather(links.child)).to_numpy()
    return found


def parts_of(marks: Marks, rows: Rows) -> Joint:
    """The annotations that are further parts, and of which."""
    links = marks.of(PART)
    tags = marks.tags.to_numpy()
    there = np.diff(rows.start) > 0
    first = ~np.isin(links.parent, links.child)
    good = marks.is_part[links.parent] & (tags[links.parent] == tags[links.child]) & first & there[links.parent] & there[links.child]
    links = links.only(good & alike(marks, links))
    return Joint(links.connection, links.parent, links.child, np.zeros(len(links.child), np.bool_))


def numbered(joint: Joint, rows: Rows) -> pl.DataFrame:
    """``row``, ``owner``, ``shape`` and ``part`` (from 1) of every annotation of objects of several: areas of one plane are parts of one shape."""
    every = np.concatenate([np.unique(joint.owner), joint.child])
    owner = np.concatenate([np.unique(joint.owner), joint.owner])
    place = rows.frame.select("z", "c", area=pl.col("shape") == POLYGON)[every]
    frame = place.with_columns(row=pl.Series(every, dtype=pl.Int64), owner=pl.Series(owner, dtype=pl.Int64))
    frame = frame.sort("owner", pl.col("row") != pl.col("owner"), "row").with_row_index("nth").with_columns(pl.col("nth").cast(pl.Int64))
    key = pl.when("area").then(pl.lit(-1, pl.Int64)).otherwise("nth")
    frame = frame.with_columns(key=key).with_columns(first=pl.col("nth").min().over("owner", "z", "c", "key"))
    return frame.select(
        "row",
        "owner",
        pl.col("first").rank("dense").over("owner").cast(pl.Int32).alias("shape"),
        (pl.int_range(pl.len(), dtype=pl.Int32).over("first") + 1).alias("part"),
    )
