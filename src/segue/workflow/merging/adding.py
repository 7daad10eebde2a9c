"""Image sets that a study does not have yet: which of them can be told from all others, and what of them comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segue.model.connections import Connections
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.shapes import Shapes
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes
from segue.workflow.merging.partners import alike
from segue.workflow.merging.wish import Wish

SHOWN = 5


def confusable(s: ImageSet, others: Sequence[ImageSet]) -> str:
    """Why an image set cannot be added: another one that comes is called the same; empty = it can."""
    same = next((other for other in others if other is not s and alike(s, other)), None)
    if same is None:
        return ""
    return f"nothing tells it from another image set that comes with it ({s.name!r} and {same.name!r}); name them differently"


def chosen(s: ImageSet, wish: Wish) -> ImageSet:
    """What is wanted of a new image set. Its images always come; segments are annotations, too."""
    if not wish.has("annotations"):
        empty = replace(s, labels=(), shapes=Shapes.empty(), connections=Connections.empty(), tables={}, membership=Membership.empty())
        return replace(empty, objects=Objects.empty(), extras=s.extras.clear(), aliases=s.aliases.clear())
    if not wish.has("connections"):
        about = {name: table for name, table in s.tables.items() if table.about != "connections"}
        s = replace(s, connections=Connections.empty(), tables=about)
    return s if wish.has("values") else replace(s, tables={})


def notes_of(sets: Sequence[ImageSet]) -> Notes:
    """What came with new image sets."""
    if not sets:
        return Notes()
    shown = ", ".join(repr(s.name) for s in sets[:SHOWN]) + (", ..." if len(sets) > SHOWN else "")
    images, labels = (sum(len(getattr(s, part)) for s in sets) for part in ("images", "labels"))
    objects, connections = (sum(len(getattr(s, part)) for s in sets) for part in ("objects", "connections"))
    found = [Note(Kind.DONE, f"{_counted(len(sets), 'image set')} added: {shown}")]
    found += [Note(Kind.DONE, f"{_counted(count, what)} imported with them") for count, what in ((images, "image"), (labels, "label image")) if count]
    counts = (("{count object} imported", objects), ("{count connection} imported", connections))
    return Notes((*found, *(Note(Kind.DONE, what, count=count) for what, count in counts if count)))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
