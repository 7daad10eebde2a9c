"""The patch between two states of a study, whatever made the second of the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.pixels import rows_of
from segue.model.edited_pixels import RUNS, Painted
from segue.model.image import LabelImage, size_of
from segue.model.patch import REFERENCES, TABLE, ImageSetPatch, LabelPatch, Patch, Splice, with_marks
from segue.model.rings import Bools, Ints, Rings
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.workflow.edits.pixels import bands

MOST_RUNS = 500_000
"""Row runs of changed pixels that the journal of a study takes in: about 10 MB."""


@dataclass(frozen=True)
class Unsaid:
    """Why no patch says what changed."""

    why: str


def patch_between(before: Study, after: Study) -> Patch | Unsaid | None:
    """What changed.

    Rows that are equal in both and stand in the same order stay as they are; so do parts that are the same objects in memory. Of label images with
    other pixels the runs that differ are taken.

    Returns
    -------
    The patch; None where nothing changed; else why a patch cannot say it: images, grids or names changed, or too many pixels of a label image.
    Image sets may have come behind the others.

    Memory
    ------
    About twice the tables that changed; label images are read band by band.
    """
    if len(before.image_sets) > len(after.image_sets) or before.displays != after.displays or not before.extras.equals(after.extras):
        return Unsaid("image sets went, display presets or details of the whole study changed")
    sets: dict[int, ImageSetPatch] = {}
    for nth, (was, now) in enumerate(zip(before.image_sets, after.image_sets, strict=False)):
        found = None if was is now else _image_set(was, now)
        if isinstance(found, Unsaid):
            return found
        if found is not None:
            sets[nth] = found
    gone, come = _definitions(before, after)
    properties = None if before.properties == after.properties else (before.properties, after.properties)
    sets_come = after.image_sets[len(before.image_sets) :]
    return Patch(sets, gone, come, properties, sets_come) if sets or gone or come or properties or sets_come else None


def _definitions(before: Study, after: Study) -> tuple[tuple[tuple[int, Any], ...], tuple[tuple[int, Any], ...]]:
    """Populations that go and come, with their places; those that stay keep their order."""
    place = {one: nth for nth, one in enumerate(before.populations)}
    last, stay = -1, set()
    for one in after.populations:
        if place.get(one, -1) > last:
            last = place[one]
            stay.add(one.id)
    gone = tuple((nth, one) for nth, one in enumerate(before.populations) if one.id not in stay)
    return gone, tuple((nth, one) for nth, one in enumerate(after.populations) if one.id not in stay)


def _image_set(was: ImageSet, now: ImageSet) -> ImageSetPatch | Unsaid | None:
    same = (was.name, was.group, was.position, was.grid, was.display, was.history) == (now.name, now.group, now.position, now.grid, now.display, now.history)
    if not same or len(was.images) != len(now.images) or any(one is not other for one, other in zip(was.images, now.images, strict=True)):
        return Unsaid("the image, its grid, its name or its display changed")
    labels = _labels(was, now)
    if isinstance(labels, Unsaid):
        return labels
    parts = {name: splice for name in ("objects", "shapes", "connections", "membership", "extras", "aliases") if (splice := _part(was, now, name)) is not None}
    tables: dict[str, tuple[Table | None, Table | None]] = {}
    for name in dict.fromkeys([*was.tables, *now.tables]):
        old, new = was.tables.get(name), now.tables.get(name)
        if old is None or new is None or (old.about, old.columns) != (new.about, new.columns) or (not old.keys and not old.frame.equals(new.frame)):
            tables[name] = (old, new)
        elif old.keys and (splice := _part(was, now, TABLE + name)) is not None:
            parts[TABLE + name] = splice
    return ImageSetPatch(parts, labels, tables) if parts or labels or tables else None


def _part(was: ImageSet, now: ImageSet, part: str) -> Splice | None:
    if _held(was, part) is _held(now, part) and was.objects is now.objects and was.connections is now.connections:
        return None
    rings = [s.shapes.rings if part == "shapes" else None for s in (was, now)]
    return splice_between(_keyed(was, part), _keyed(now, part), *rings)


def _held(s: ImageSet, part: str) -> Any:
    return s.tables[part.removeprefix(TABLE)] if part.startswith(TABLE) else getattr(s, part)


def _keyed(s: ImageSet, part: str) -> pl.DataFrame:
    """The rows of a part with ids in place of row numbers."""
    held, names, ids = _held(s, part), REFERENCES.get(part, ()), s.objects.frame["id"]
    frame: pl.DataFrame = held if part in ("extras", "aliases") else held.frame
    if part.startswith(TABLE):
        frame, names = with_marks(held)[0], ("row",)
        ids = s.connections.frame["id"] if held.about == "connections" else ids
    return frame.with_columns(**{name: ids.gather(frame[name]) for name in names})


def splice_between(old: pl.DataFrame, new: pl.DataFrame, old_rings: Rings | None = None, new_rings: Rings | None = None) -> Splice | None:
    """Which rows go and which come; None if none.

    Parameters
    ----------
    old, new
        Tables of the same columns; rows that are equal and follow each other in both alike stay.
    old_rings, new_rings
        Of shapes: their vertices, which have to be equal, too.
    """
    kept_old, kept_new = _kept(old, new)
    if old_rings is not None and new_rings is not None and len(kept_old):
        same = old_rings.same_rows(kept_old, new_rings, kept_new)
        kept_old, kept_new = kept_old[same], kept_new[same]
    gone, come = (np.delete(np.arange(frame.height, dtype=np.int64), kept) for frame, kept in ((old, kept_old), (new, kept_new)))
    if not len(gone) and not len(come):
        return None
    empty = Rings.empty()
    return Splice(gone, old[gone], come, new[come], empty if old_rings is None else old_rings.take(gone), empty if new_rings is None else new_rings.take(come))


def _kept(old: pl.DataFrame, new: pl.DataFrame) -> tuple[Ints, Ints]:
    """Rows that stay, in both tables: ascending, pair by pair equal."""
    height = min(old.height, new.height)
    head = _first_different(old.head(height), new.head(height))
    tail = _first_different(old.tail(height - head).reverse(), new.tail(height - head).reverse())
    a, b = _paired(old[head : old.height - tail], new[head : new.height - tail])
    front, back = np.arange(head, dtype=np.int64), np.arange(tail, dtype=np.int64)
    return np.concatenate([front, a + head, back + old.height - tail]), np.concatenate([front, b + head, back + new.height - tail])


def _first_different(one: pl.DataFrame, other: pl.DataFrame) -> int:
    different = np.flatnonzero(~_equal(one, other))
    return int(different[0]) if len(different) else one.height


def _equal(one: pl.DataFrame, other: pl.DataFrame) -> Bools:
    """Row by row; NaN equals NaN."""
    found: Bools = np.ones(one.height, np.bool_)
    for name in one.columns:
        found &= one.get_column(name).eq_missing(other.get_column(name)).to_numpy()
    return found


def _paired(old: pl.DataFrame, new: pl.DataFrame) -> tuple[Ints, Ints]:
    """Pairs of equal rows that stand in the same order in both."""
    sides = []
    for frame in (old, new):
        hashed = pl.DataFrame({"hash": frame.hash_rows()}) if frame.height else pl.DataFrame(schema={"hash": pl.UInt64})
        sides.append(hashed.with_columns(nth=pl.int_range(pl.len()).over("hash"), row=pl.int_range(pl.len())))
    both = sides[0].join(sides[1], on=["hash", "nth"], how="inner", maintain_order="left")
    a, b = (both[name].to_numpy().astype(np.int64) for name in ("row", "row_right"))
    ascending = b == np.maximum.accumulate(b) if len(b) else np.zeros(0, np.bool_)
    a, b = a[ascending], b[ascending]
    same = _equal(old[a], new[b])
    return a[same], b[same]


def _labels(was: ImageSet, now: ImageSet) -> tuple[LabelPatch, ...] | Unsaid:
    """What changed in the pixels of label images."""
    facts = [[(one.name, one.axes, one.persists, one.pixels.shape) for one in s.labels] for s in (was, now)]
    if facts[0] != facts[1]:
        return Unsaid("label images came, went, or got another size")
    found = []
    for old, new in zip(was.labels, now.labels, strict=True):
        if old.pixels is new.pixels:
            continue
        runs = runs_between(old, new)
        if runs is None:
            return Unsaid(f"more than {MOST_RUNS:,} runs of pixels of the label image {old.name!r} changed")
        if runs.height or old.pixels.dtype != new.pixels.dtype:
            found.append(LabelPatch(old.name, old.pixels.dtype.str, new.pixels.dtype.str, Painted(runs)))
    return tuple(found)


def runs_between(old: LabelImage, new: LabelImage, most: int = MOST_RUNS) -> pl.DataFrame | None:
    """The runs of pixels that differ between two label images of the same axes and size, as in ``edited_pixels.RUNS``; None if there are more than ``most``."""
    depth, rows = size_of(new.pixels, new.axes, "z"), rows_of(new.pixels, new.axes)
    found, count = [pl.DataFrame(schema=RUNS)], 0
    for t, z, start, part in bands(old):
        frame = _runs(part, rows({"t": t, "z": z}, start, start + part.shape[0]))
        count += frame.height
        if count > most:
            return None
        found.append(frame.with_columns(plane=pl.lit(t * depth + z, pl.Int64), y=pl.col("y") + start).select(*RUNS))
    return pl.concat(found)


def _runs(old: np.ndarray[Any, Any], new: np.ndarray[Any, Any]) -> pl.DataFrame:
    """Runs within the rows of a band in which both labels stay the same, and differ."""
    width = max(1, old.shape[1])
    a, b = (np.ascontiguousarray(part).reshape(-1).astype(np.uint64) for part in (old, new))
    edge = np.ones(a.size, np.bool_)
    edge[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    edge[::width] = True
    start = np.flatnonzero(edge)
    length = np.diff(start, append=a.size)
    changed = a[start] != b[start]
    start, length = start[changed], length[changed]
    columns = {"y": start // width, "x0": start % width, "x1": start % width + length, "old": a[start], "new": b[start]}
    return pl.DataFrame(columns, schema_overrides={name: RUNS[name] for name in columns})
