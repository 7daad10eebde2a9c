"""What happened to the data on the way: values that readers, transforms and writers return. Nothing here prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from segue.model.features import Feature

_COUNTED = re.compile(r"\{count ([\w ]+)\}")


class Kind(StrEnum):
    """How bad it is. Only ``lost`` and ``changed`` are refused by ``--strict``; ``done`` is what was asked for, and what went with it."""

    LOST = "lost"
    CHANGED = "changed"
    ASSUMED = "assumed"
    REPAIRED = "repaired"
    SKIPPED = "skipped"
    DONE = "done"


@dataclass(frozen=True)
class Note:
    """One fact about a conversion."""

    kind: Kind
    what: str
    """A sentence without jargon; ``{count object}`` in it stands for ``1 object`` or ``2 objects``, so that equal notes can be added up."""
    feature: Feature | None = None
    where: str = ""
    """The file, image set or object it is about."""
    count: int = 1

    def __str__(self) -> str:
        head = f"{self.kind}: "
        if self.feature is not None:
            head += f"{self.count:,} {self.feature}" if self.count != 1 else f"{self.feature}"
            return f"{head} ({self.sentence})" if self.what else head
        return head + self.sentence

    @property
    def sentence(self) -> str:
        """``what`` with the count filled in."""
        return _COUNTED.sub(lambda found: f"{self.count:,} {found[1]}{'' if self.count == 1 else 's'}", self.what)

    def to_json(self) -> dict[str, Any]:
        """The note as plain data."""
        feature = None if self.feature is None else str(self.feature)
        return {"kind": str(self.kind), "feature": feature, "where": self.where, "what": self.sentence, "count": self.count}


@dataclass(frozen=True)
class Notes:
    """An ordered collection of notes; ``a + b`` joins two."""

    items: tuple[Note, ...] = ()

    @classmethod
    def of(cls, *notes: Note) -> Notes:
        return cls(notes)

    @classmethod
    def joined(cls, many: Iterable[Notes]) -> Notes:
        return cls(tuple(note for notes in many for note in notes))

    def __iter__(self) -> Iterator[Note]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, other: Notes) -> Notes:
        return Notes(self.items + other.items)

    def of_kind(self, *kinds: Kind) -> Notes:
        return Notes(tuple(note for note in self.items if note.kind in kinds))

    @property
    def refused(self) -> Notes:
        """What ``--strict`` does not accept: everything lost or changed."""
        return self.of_kind(Kind.LOST, Kind.CHANGED)

    def counts(self) -> dict[Feature, int]:
        """How much of each feature is lost or changed."""
        found: dict[Feature, int] = {}
        for note in self.refused:
            if note.feature is not None:
                found[note.feature] = found.get(note.feature, 0) + note.count
        return found

    def at(self, where: str) -> Notes:
        """The same notes, each saying where it belongs if it did not say so yet."""
        return Notes(tuple(note if note.where else Note(note.kind, note.what, note.feature, where, note.count) for note in self.items))

    def merged(self) -> Notes:
        """Equal notes of different places as one, with their counts added up: for batches."""
        found: dict[tuple[Kind, str, Feature | None], int] = {}
        for note in self.items:
            key = (note.kind, note.what, note.feature)
            found[key] = found.get(key, 0) + note.count
        return Notes(tuple(Note(kind, what, feature, "", count) for (kind, what, feature), count in found.items()))

    def to_json(self) -> list[dict[str, Any]]:
        return [note.to_json() for note in self.items]
