"""Splitting: each separate part of an object becomes an object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.formats.shape_files import area_rows
from segue.geometry.runs import parts_of_runs
from segue.model.edited_pixels import RUNS, Painted, type_for
from segue.model.image import LabelImage, size_of
from segue.model.objects import unique_texts
from segue.model.rings import Ints, Rings, concat
from segue.notes import Kind, Note, Notes
from segue.workflow.edits.pieces import Pieces, pixels_in
from segue.workflow.edits.pixels import labels_in, runs_of
from segue.workflow.edits.records import Split
from segue.workflow.edits.scope import Scope


@dataclass(frozen=True)
class _Areas:
    """The area shapes of the objects, piece by piece."""

    rows: Ints
    """Rows of the shapes."""
    pieces: Pieces
    owner: Ints
    """(pieces,) Row of the object."""


def split(scope: Scope, edit: Split) -> Notes:
    """The largest part of an object stays that object; the others become new ones, with the next free numbers, in the order of their first pixels.

    An object with pixels is split by these, and its areas follow; any other by the pieces of its areas. New objects have name, colour,
    layer, time, track and populations of the old one, but none of its values, connections and other shapes.

    Raises
    ------
    UsageError
        An object is locked, or has pixels at several times.
    """
    scope.refuse_locked("split")
    runs = _runs(scope, edit)
    areas = _areas(scope)
    part = _parts_of_areas(areas, runs, edit)
    counts = _counts(scope.rows, runs, areas.owner, part)
    split_rows = np.array([row for row in scope.rows if counts[row] > 1], np.int64)
    whole = len(scope.rows) - len(split_rows)
    notes = Notes.of(Note(Kind.SKIPPED, "{count object} in one piece already", count=whole)) if whole else Notes()
    if not len(split_rows):
        return notes
    new = _new_objects(scope, split_rows, counts)
    _paint(scope, runs, new)
    done = [(f"{{count object}} split into {len(split_rows) + new.height:,}", len(split_rows))]
    if not scope.virtual:
        _divide(scope, areas, part, new)
        scope.draft.append("objects", new.drop("of", "part").with_columns(locked=pl.lit(False)))
        _members(scope, new)
        done.append(("values of the old objects stale now: {count row}", scope.mark_stale(split_rows, scope.touching("connections", split_rows))))
    return notes + Notes(tuple(Note(Kind.DONE, what, count=count) for what, count in done if count))


def _runs(scope: Scope, edit: Split) -> pl.DataFrame:
    """The pixels of the objects as runs, with ``row`` (of the object), ``part`` (0 = the largest) and ``image`` (place of the label image)."""
    found = [_runs_of(scope, nth, image, corners=edit.connectivity == 8) for nth, image in enumerate(scope.s.labels)]
    schema = {**RUNS, "row": pl.Int64, "part": pl.Int64, "image": pl.Int32}
    return pl.concat([pl.DataFrame(schema=schema), *found])


def _runs_of(scope: Scope, nth: int, image: LabelImage, *, corners: bool) -> pl.DataFrame:
    wanted = scope.of_layer(image, scope.rows)
    runs = runs_of(image, wanted)
    depth, height, width = (size_of(image.pixels, image.axes, name) for name in "zyx")
    runs = runs.with_columns(t=(pl.col("plane") // depth).cast(pl.Int32))
    timed, timeless = wanted.filter(pl.col("t").is_not_null()), wanted.filter(pl.col("t").is_null()).drop("t")
    runs = runs.join(timed, left_on=["old", "t"], right_on=["label", "t"], how="left", maintain_order="left")
    runs = runs.join(timeless, left_on="old", right_on="label", how="left", maintain_order="left").with_columns(row=pl.coalesce("row", "row_right"))
    several = runs.group_by("row").agg(pl.col("t").n_unique()).filter(pl.col("t") > 1)
    if several.height:
        name = scope.frame["id"][int(several["row"].to_numpy().min())]
        raise UsageError(f"object {name!r} has pixels at several times; only an object of one time point can be split", object=name)
    plane, y, x0, x1, owner = (runs[name].to_numpy() for name in ("plane", "y", "x0", "x1", "row"))
    planes = depth * size_of(image.pixels, image.axes, "t")
    part, _ = parts_of_runs(plane, y, x0, x1, owner, (planes, height, width), corners=corners)
    return runs.with_columns(part=_by_size(runs, part), image=pl.lit(nth, pl.Int32)).select(*RUNS, "row", "part", "image")


def _by_size(runs: pl.DataFrame, part: Ints) -> pl.Series:
    """Parts of each object, numbered from 0: the largest first, the others in their order."""
    frame = runs.select("row", size=pl.col("x1") - pl.col("x0")).with_columns(part=pl.Series(part))
    sizes = frame.group_by("row", "part", maintain_order=True).agg(pl.col("size").sum()).sort("row", "part")
    largest = pl.col("part") == pl.col("part").sort_by("size", descending=True, maintain_order=True).first().over("row")
    ranked = sizes.with_columns(largest=largest).sort("row", pl.col("largest").not_(), "part").with_columns(rank=pl.int_range(pl.len()).over("row"))
    return frame.join(ranked.select("part", "rank"), on="part", how="left", maintain_order="left")["rank"].cast(pl.Int64)


def _areas(scope: Scope) -> _Areas:
    rows = np.intersect1d(area_rows(scope.s.shapes), scope.touching("shapes", scope.rows)).astype(np.int64)
    shapes = scope.s.shapes.take(rows)
    pieces = Pieces.of(shapes)
    return _Areas(rows, pieces, shapes.frame["object"].to_numpy().astype(np.int64)[pieces.row])


def _parts_of_areas(areas: _Areas, runs: pl.DataFrame, edit: Split) -> Ints:
    """(pieces,) The part of its object that each piece belongs to: the one that most of its pixels are of, else the group that it touches."""
    group, _ = areas.pieces.groups(areas.owner, corners=edit.connectivity == 8) if len(areas.owner) else (areas.owner, 0)
    with_pixels, in_parts = runs["row"].unique().to_numpy(), runs.filter(pl.col("part") > 0)["row"].unique().to_numpy()
    frame = pl.DataFrame({"row": areas.owner, "part": group, "size": areas.pieces.sizes()})
    part = _by_size_of(frame).to_numpy().copy()
    part[np.isin(areas.owner, with_pixels)] = 0
    for piece in np.flatnonzero(np.isin(areas.owner, in_parts)):
        own = runs.filter(pl.col("row") == areas.owner[piece])
        votes = np.bincount(own["part"].to_numpy(), pixels_in(areas.pieces.area, int(piece), own))
        part[piece] = int(np.argmax(votes))
    return part


def _by_size_of(frame: pl.DataFrame) -> pl.Series:
    runs = frame.select("row", x0=pl.lit(0.0), x1=pl.col("size"))
    return _by_size(runs, frame["part"].to_numpy())


def _counts(rows: Ints, runs: pl.DataFrame, owner: Ints, part: Ints) -> dict[int, int]:
    """How many parts each object has."""
    most = dict.fromkeys(rows.tolist(), 1)
    most |= dict(pl.DataFrame({"row": owner, "part": part}).group_by("row").agg(pl.col("part").max() + 1).rows())
    most |= dict(runs.group_by("row").agg(pl.col("part").max() + 1).rows())
    return most


def _new_objects(scope: Scope, rows: Ints, counts: dict[int, int]) -> pl.DataFrame:
    """The objects that come: columns of the objects, ``of`` (row of the old object) and ``part`` (from 1)."""
    of = np.repeat(rows, [counts[row] - 1 for row in rows])
    part = np.concatenate([np.arange(1, counts[row]) for row in rows])
    frame = scope.frame[of].with_columns(of=pl.Series(of), part=pl.Series(part, dtype=pl.Int64))
    ids = frame.select(pl.concat_str("id", pl.lit("-"), (pl.col("part") + 1).cast(pl.Utf8))).to_series()
    every = unique_texts(pl.concat([scope.frame["id"], ids.alias("id")]))
    return frame.with_columns(id=every[scope.frame.height :], label=_free_labels(scope, frame))


def _free_labels(scope: Scope, frame: pl.DataFrame) -> pl.Series:
    """(new objects,) the next numbers of their layers; null for objects without a number."""
    images = {image.name: image for image in scope.s.labels}
    numbered = frame.with_row_index("nth").filter(pl.col("label").is_not_null())
    found = [pl.DataFrame(schema={"nth": pl.UInt32, "free": pl.UInt64})]
    for (layer,), group in numbered.group_by("layer", maintain_order=True):
        used = scope.frame.filter(pl.col("layer").eq_missing(pl.lit(layer, pl.Utf8)))["label"].drop_nulls()
        image = images.get(str(layer)) if layer is not None else None
        used = used if image is None else pl.concat([used, labels_in(image)["label"]])
        limit = 2**64 - 1 if image is None or image.pixels.dtype.kind == "b" else int(np.iinfo(image.pixels.dtype).max)
        found.append(group.select("nth", free=pl.Series(_next(set(used), group.height, limit), dtype=pl.UInt64)))
    return frame.with_row_index("nth").join(pl.concat(found), on="nth", how="left", maintain_order="left")["free"]


def _next(used: set[int], count: int, limit: int) -> list[int]:
    """Numbers behind the largest that is used; where the number type ends before, the smallest free ones, if these are within it."""
    behind = range(max(used, default=0) + 1, max(used, default=0) + 1 + count)
    if behind[-1] <= limit:
        return list(behind)
    smallest = [number for number in range(1, len(used) + count + 1) if number not in used][:count]
    return smallest if smallest[-1] <= limit else list(behind)


def _paint(scope: Scope, runs: pl.DataFrame, new: pl.DataFrame) -> None:
    numbers = new.select(pl.col("of").alias("row"), "part", number="label")
    for nth, image in enumerate(scope.s.labels):
        here = runs.filter((pl.col("image") == nth) & (pl.col("part") > 0)).join(numbers, on=["row", "part"], how="inner", maintain_order="left")
        if here.height:
            painted = here.with_columns(new="number").select(*RUNS)
            scope.draft.paint(image, Painted(painted), type_for(image.pixels.dtype, int(painted["new"].to_numpy().max())))


def _divide(scope: Scope, areas: _Areas, part: Ints, new: pl.DataFrame) -> None:
    """What a shape has of part 0 stays where it is; the rest becomes shapes of the new objects."""
    ids = dict(zip(new.select("of", "part").rows(), new["id"], strict=True))
    stay: dict[int, list[int]] = {}
    leave: dict[tuple[int, int], list[int]] = {}
    for piece, (row, number) in enumerate(zip(areas.pieces.row.tolist(), part.tolist(), strict=True)):
        if number == 0 or (int(areas.owner[piece]), number) not in ids:
            stay.setdefault(row, []).append(piece)
        else:
            leave.setdefault((row, number), []).append(piece)
    touched = sorted({row for row, _ in leave})
    scope.draft.remove("shapes", areas.rows[[row for row in touched if row not in stay]])
    kept = [row for row in touched if row in stay]
    if kept:
        rings = concat([_joined(areas, stay[row]) for row in kept])
        scope.draft.change("shapes", areas.rows[kept], scope.draft.keyed("shapes", areas.rows[kept]), rings)
    if leave:
        frame = scope.draft.keyed("shapes", areas.rows[[row for row, _ in leave]])
        owners = [ids[int(areas.owner[pieces[0]]), number] for (_, number), pieces in leave.items()]
        rings = concat([_joined(areas, pieces) for pieces in leave.values()])
        scope.draft.append("shapes", frame.with_columns(object=pl.Series(owners, dtype=pl.Utf8)), rings)


def _joined(areas: _Areas, pieces: list[int]) -> Rings:
    """Some pieces as one shape."""
    taken = areas.pieces.rings.take(np.array(pieces))
    return Rings(taken.coords, taken.ring_start, taken.part_start, np.array([0, len(taken.part_start) - 1], np.int64))


def _members(scope: Scope, new: pl.DataFrame) -> None:
    """New objects are where the old one was, behind the members that there are."""
    members = scope.s.membership.frame
    last = members.group_by("population").agg(last=pl.col("nth_in_population").max())
    joined = new.select("id", pl.col("of").cast(pl.Int32)).join(members, left_on="of", right_on="object", how="inner", maintain_order="left_right")
    joined = joined.join(last, on="population", how="left", maintain_order="left")
    nth = pl.col("last") + 1 + pl.int_range(pl.len(), dtype=pl.Int32).over("population")
    scope.draft.append("membership", joined.select("population", object="id", nth_in_population=nth, nth_of_object="nth_of_object", labels="labels"))
