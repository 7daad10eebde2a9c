"""Deleting objects, with everything that belongs to them."""

from __future__ import annotations

import numpy as np

from segue.model.edited_pixels import Painted
from segue.model.rules import RegionRule
from segue.notes import Kind, Note, Notes
from segue.workflow.edits.pixels import runs_of
from segue.workflow.edits.scope import Scope


def delete(scope: Scope) -> Notes:
    """Objects go, with their pixels, shapes, connections, values, memberships and foreign details.

    Raises
    ------
    UsageError
        An object is locked.
    """
    scope.refuse_locked("deleted")
    rows, counts = scope.rows, {"object": len(scope.rows)}
    for image in scope.s.labels:
        runs = runs_of(image, scope.of_layer(image, rows))
        if runs.height:
            scope.draft.paint(image, Painted(runs))
        counts["pixel"] = counts.get("pixel", 0) + int((runs["x1"] - runs["x0"]).sum())
    if not scope.virtual:
        counts["shape"] = scope.draft.remove("shapes", scope.touching("shapes", rows))
        counts["connection"] = scope.remove_connections(scope.touching("connections", rows))
        counts["membership"] = len(scope.touching("membership", rows))
        counts["row"] = scope.remove_objects(rows)
    return Notes(
        tuple(Note(Kind.DONE, f"{{count {what}}}{' of values' if what == 'row' else ''} deleted", count=count) for what, count in counts.items() if count)
    ) + _regions(scope)


def _regions(scope: Scope) -> Notes:
    ids = set(scope.frame["id"].gather(np.sort(scope.rows)))
    count = sum(isinstance(one.rule, RegionRule) and bool(ids & set(one.rule.regions)) for one in scope.study.populations)
    return Notes.of(Note(Kind.ASSUMED, "{count population} still selected by a region that was deleted; its members stay", count=count)) if count else Notes()
