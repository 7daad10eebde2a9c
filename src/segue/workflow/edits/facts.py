"""Names, colours and locks of objects."""

from __future__ import annotations

import polars as pl

from segue.notes import Kind, Note, Notes
from segue.workflow.colours import packed
from segue.workflow.edits.records import Lock, Rename, SetColour
from segue.workflow.edits.scope import Scope


def rename(scope: Scope, edit: Rename) -> Notes:
    """Objects get a name, or none."""
    return _set(scope, "name", pl.lit(edit.name, pl.Utf8), "renamed")


def set_colour(scope: Scope, edit: SetColour) -> Notes:
    """Objects get a colour, or none; so do the strokes of their shapes where these have one."""
    colour = pl.lit(packed(edit.colour), pl.UInt32)
    rows = scope.touching("shapes", scope.rows)
    shapes = scope.draft.keyed("shapes", rows)
    stated = shapes["stroke"].is_not_null().arg_true().to_numpy()
    if len(stated):
        scope.draft.change("shapes", rows[stated], shapes[stated].with_columns(stroke=colour), scope.s.shapes.rings.take(rows[stated]))
    return _set(scope, "colour", colour, "coloured")


def lock(scope: Scope, edit: Lock) -> Notes:
    """Objects are locked or unlocked."""
    return _set(scope, "locked", pl.lit(edit.locked), "locked" if edit.locked else "unlocked")


def _set(scope: Scope, column: str, value: pl.Expr, what: str) -> Notes:
    frame = scope.draft.keyed("objects", scope.rows)
    scope.draft.change("objects", scope.rows, frame.with_columns(value.alias(column)))
    return Notes.of(Note(Kind.DONE, f"{{count object}} {what}", count=len(scope.rows)))
