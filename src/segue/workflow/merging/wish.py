"""What is to be imported, and how it meets what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from segue.workflow.merging.mapping import Mapping

Part = Literal["annotations", "connections", "properties", "values", "populations"]
PARTS: tuple[Part, ...] = ("annotations", "connections", "properties", "values", "populations")
Overwrite = Literal["ids", "tags", "planes", "all"]
OVERWRITES: tuple[Overwrite, ...] = ("ids", "tags", "planes", "all")


@dataclass(frozen=True)
class Wish:
    """What to import."""

    only: tuple[Part, ...] = PARTS
    overwrite: Overwrite | None = None
    """Which objects of the study go when others come: of the same ids, with one of the tags that come, on the planes that come, all; None = none."""
    mapping: Mapping = field(default_factory=Mapping)
    skip_incompatible: bool = False
    """Whether what does not fit is left out, instead of nothing being imported."""
    add_image_sets: bool = False
    """Whether image sets that the study does not have are added to it; else they do not fit."""

    def has(self, part: Part) -> bool:
        """Whether a part is wanted."""
        return part in self.only
