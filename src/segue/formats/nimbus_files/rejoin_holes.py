"""Annotations that are holes of another one: their only tag is ``hole``, a connection with that tag leads to them, and they lie in the object."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.nimbus_files.read_rows import Rows
from segue.formats.nimbus_files.rejoin_parts import Bools, Ints, Joint, Links, Marks, alike
from segue.formats.nimbus_files.terms import HOLE, POLYGON
from segue.geometry.nested import around
from segue.geometry.rings import Rings as Measured
from segue.model.rings import Rings as Flat


def holes_of(marks: Marks, members: pl.DataFrame, joint: Joint, rows: Rows) -> tuple[pl.DataFrame, Joint]:
    """Holes (``row``, ``owner``, ``shape``, ``part`` and ``hole`` from 1, ``marked``), and all annotations that belong to others.

    The parts of an object are those that ``members`` says, else its only annotation.
    """
    links = _candidates(marks, joint, rows)
    parts = _parts(links, members, rows)
    inside = _innermost(links, parts, rows)
    taken = inside.filter(pl.col("part_row") >= 0)
    links = links.only(np.isin(links.child, taken["row"].to_numpy()))
    numbers = parts.select(part_row="row", shape="shape", part="part")
    found = taken.join(numbers, on="part_row", how="left", maintain_order="left").sort("row")
    found = found.with_columns(hole=pl.int_range(pl.len(), dtype=pl.Int64).over("part_row") + 1, marked=pl.lit(value=False))
    whole = Joint(
        np.concatenate([joint.connection, links.connection]),
        np.concatenate([joint.owner, links.parent]),
        np.concatenate([joint.child, links.child]),
        np.concatenate([joint.is_hole, np.ones(len(links.child), np.bool_)]),
    )
    return found.select("row", "owner", "shape", "part", "hole", "marked"), whole


def _candidates(marks: Marks, joint: Joint, rows: Rows) -> Links:
    """By tags, kind, place and name."""
    links = marks.of(HOLE)
    area = (rows.frame["shape"] == POLYGON).to_numpy()
    own = ~np.isin(links.parent, joint.child)
    good = marks.is_hole[links.child] & ~marks.is_hole[links.parent] & area[links.child] & own
    return links.only(good & alike(marks, links))


def _parts(links: Links, members: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """The areas of the objects that are said to have holes."""
    owners = pl.Series("owner", np.unique(links.parent), dtype=pl.Int64)
    known = members.filter(pl.col("owner").is_in(owners.implode()))
    alone = owners.filter(~owners.is_in(known["owner"].implode()))
    single = alone.to_frame().select(pl.col("owner").alias("row"), "owner", shape=pl.lit(1, pl.Int32), part=pl.lit(1, pl.Int32))
    found = pl.concat([known, single])
    return found.filter((rows.frame["shape"] == POLYGON).gather(found["row"]))


def _innermost(links: Links, parts: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """``row``, ``owner`` of every hole and ``part_row``: the part of the object, on the same plane, that it lies in, if no other hole is between; else -1."""
    rings = Flat.simple(rows.coords, rows.start)
    outer_rows: Ints = np.concatenate([parts["row"].to_numpy(), links.child]).astype(np.int64)
    is_part: Bools = np.arange(len(outer_rows)) < len(parts)
    groups = np.unique(links.parent)
    outer_owner = np.concatenate([parts["owner"].to_numpy(), links.parent]).astype(np.int64)
    group = np.searchsorted(groups, outer_owner)
    inner, outer = around(rings.take(links.child), rings.take(outer_rows), np.searchsorted(groups, links.parent), group)
    plane = rows.frame.select("z", "c")
    same = (outer_rows[outer] != links.child[inner]) & (plane[outer_rows[outer]].to_numpy() == plane[links.child[inner]].to_numpy()).all(axis=1)
    inner, outer = inner[same], outer[same]
    used, at = np.unique(outer_rows[outer], return_inverse=True)
    area = np.abs(Measured.of(rings.take(used)).signed_areas())[at]
    pairs = pl.DataFrame({"nth": inner, "area": area, "part": is_part[outer], "at": outer_rows[outer]})
    nearest = pairs.sort("nth", "area", "at").group_by("nth", maintain_order=True).first().filter(pl.col("part"))
    target = np.full(len(links.child), -1, np.int64)
    target[nearest["nth"].to_numpy()] = nearest["at"].to_numpy()
    return pl.DataFrame({"row": links.child, "owner": links.parent, "part_row": target}, schema=dict.fromkeys(("row", "owner", "part_row"), pl.Int64))
