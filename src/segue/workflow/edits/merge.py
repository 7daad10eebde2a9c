"""Merging: several objects become the first of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.union import united
from segue.model.edited_pixels import Painted
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import PARAMETERS, RINGED, ShapeKind
from segue.notes import Kind, Note, Notes
from segue.workflow.edits.members import places
from segue.workflow.edits.pixels import runs_of
from segue.workflow.edits.scope import Scope


def merge(scope: Scope) -> Notes:
    """The first object takes pixels, areas, other shapes, connections and populations of the others; values of its own become stale.

    Areas on one plane become one shape: their union. Of kinds of populations that exclude each other, those of the first object stay.

    Raises
    ------
    UsageError
        Fewer than two objects; objects of several time points or layers; one is locked.
    """
    frame = scope.frame[scope.rows]
    if frame.height < 2:
        raise UsageError("merging takes at least two objects; name more (--object A --object B)")
    for column, what in (("t", "time points"), ("layer", "layers")):
        if frame[column].n_unique() > 1:
            raise UsageError(f"these objects are of several {what}, so they cannot be one", objects=", ".join(frame["id"]))
    scope.refuse_locked("merged")
    first, others = scope.rows[:1], scope.rows[1:]
    notes = Notes.of(Note(Kind.DONE, "{count object} merged into " + repr(frame["id"][0]), count=len(scope.rows)))
    _pixels(scope, frame)
    if scope.virtual:
        return notes
    notes += _shapes(scope, int(first[0]))
    gone, redirected = _connections(scope, int(first[0]), others)
    stale = scope.mark_stale(first, np.setdiff1d(scope.touching("connections", scope.rows), gone))
    _members(scope, first, others)
    _object(scope, frame)
    dropped = scope.remove_objects(others)
    counted = {
        "{count connection} of the merged objects with each other dropped": len(gone),
        "{count connection} redirected": redirected,
        "values of the others dropped: {count row}": dropped,
        "values of the merged object stale now: {count row}": stale,
    }
    return notes + Notes(tuple(Note(Kind.DONE, what, count=count) for what, count in counted.items() if count))


def _pixels(scope: Scope, frame: pl.DataFrame) -> None:
    labels = frame["label"].drop_nulls()
    for image in scope.s.labels:
        wanted = scope.of_layer(image, scope.rows).filter(pl.col("label") != labels[0]) if len(labels) else pl.DataFrame()
        runs = runs_of(image, wanted) if wanted.height else wanted
        if runs.height:
            scope.draft.paint(image, Painted(runs.with_columns(new=pl.lit(labels[0], pl.UInt64))))


def _object(scope: Scope, frame: pl.DataFrame) -> None:
    """The first object takes a label from the others if it has none."""
    labels = frame["label"].drop_nulls()
    if frame["label"][0] is None and len(labels):
        scope.draft.change("objects", scope.rows[:1], scope.draft.keyed("objects", scope.rows[:1]).with_columns(label=pl.lit(labels[0], pl.UInt64)))


def _shapes(scope: Scope, first: int) -> Notes:
    """All shapes become those of the first object; areas on one plane become one."""
    shapes = scope.s.shapes
    rows = scope.touching("shapes", scope.rows)
    is_area = np.isin(rows, area_rows(shapes))
    changed, rings, redrawn = [rows[~is_area]], [shapes.rings.take(rows[~is_area])], 0
    kinds = [scope.draft.keyed("shapes", rows[~is_area])]
    groups = scope.draft.frame("shapes")[rows[is_area]].with_columns(row=pl.Series(rows[is_area])).group_by("z", "c", maintain_order=True)
    for _, group in groups:
        own = group["row"].to_numpy()
        area, frame = shapes.rings.take(own), scope.draft.keyed("shapes", own[:1])
        if len(own) > 1:
            area = united(area_rings(shapes.take(own)))
            kind = _kind(group["kind"].cast(pl.Utf8), area)
            redrawn += int((group["kind"].cast(pl.Utf8) != str(kind)).sum())
            frame = frame.with_columns(pl.lit(str(kind)).cast(frame.schema["kind"]).alias("kind"), **dict.fromkeys(PARAMETERS, pl.lit(None, pl.Float64)))
            scope.draft.remove("shapes", own[1:])
        changed.append(own[:1])
        rings.append(area)
        kinds.append(frame)
    owner = scope.frame["id"][first]
    scope.draft.change("shapes", np.concatenate(changed), pl.concat(kinds).with_columns(object=pl.lit(owner)), concat(rings))
    return Notes.of(Note(Kind.CHANGED, "{count shape} united with others became an outline", count=redrawn)) if redrawn else Notes()


def _kind(kinds: pl.Series, area: Rings) -> ShapeKind:
    """The kind that all have if it has rings; else traced where the union runs along pixel edges."""
    if kinds.n_unique() == 1 and ShapeKind(kinds[0]) in RINGED:
        return ShapeKind(kinds[0])
    return ShapeKind.TRACED if (area.coords == np.round(area.coords)).all() else ShapeKind.POLYGON


def _connections(scope: Scope, first: int, others: Ints) -> tuple[Ints, int]:
    """Connections of the others become those of the first; returns those that go (from the merged object to itself), and how many changed."""
    rows = scope.touching("connections", others)
    before = scope.draft.frame("connections")[rows]
    ends = {name: np.where(np.isin(before[name].to_numpy(), others), first, before[name].to_numpy()) for name in ("parent", "child")}
    loop = (ends["parent"] == ends["child"]) & (before["parent"] != before["child"]).to_numpy()
    scope.remove_connections(rows[loop])
    ids = {name: scope.frame["id"].gather(ends[name][~loop]) for name in ends}
    scope.draft.change("connections", rows[~loop], scope.draft.keyed("connections", rows[~loop]).with_columns(**ids))
    return rows[loop], int((~loop).sum())


def _members(scope: Scope, first: Ints, others: Ints) -> None:
    """The first object joins the populations of the others, but no second one of a kind that is exclusive."""
    members = scope.s.membership.frame
    definitions = {one.id: one for one in scope.study.populations}
    own = members.filter(pl.col("object") == first[0])["population"].to_list()
    kinds = {definitions[name].kind for name in own if definitions[name].exclusive}
    joined: list[str] = []
    for row in others:
        for name in members.filter(pl.col("object") == row).sort("nth_of_object")["population"]:
            one = definitions[name]
            if name in own or name in joined or (one.exclusive and one.kind in kinds):
                continue
            joined.append(name)
            kinds |= {one.kind} if one.exclusive else set()
    frames = [places(scope, first, name).with_columns(pl.col("nth_of_object") + nth) for nth, name in enumerate(joined)]
    if frames:
        scope.draft.append("membership", pl.concat(frames))
