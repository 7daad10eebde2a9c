"""What was mended in populations while they were read, counted, and as notes."""

from __future__ import annotations

from dataclasses import dataclass

from segue.model.features import Feature
from segue.notes import Kind, Note, Notes

_REPAIRED: dict[str, tuple[str, Feature | None]] = {
    "without_id": ("populations without an id as text got one", None),
    "repeated_ids": ("ids that several populations share were made different", None),
    "without_name": ("populations without a name are called as Mantis calls them", None),
    "odd_colours": ("colours that are no whole number from 0 to 16777215 were read where their meaning is clear, else left out", Feature.POPULATION_COLOUR),
    "odd_settings": ("an order or visibility of another kind than Mantis writes", Feature.POPULATION_SETTINGS),
    "repeated_segments": ("segments listed twice in a population count once", Feature.MEMBERSHIP),
    "text_segments": ("numbers of segments that are written as text or with a fraction of zero", Feature.MEMBERSHIP),
    "odd_lists": ("lists of segments, vertices or pixels that are no lists of numbers", None),
    "odd_vertices": ("a last coordinate without its partner is left out", None),
    "odd_pixels": ("pixels listed twice, or before the first one, in a region", None),
}
_SKIPPED: dict[str, str] = {
    "no_objects": "{count entry} that are no populations",
    "no_segments": "{count number} that no segment can have (0, negative, fractions, texts)",
    "drawings": "how {count population} was last drawn on the screen",
}


@dataclass
class Repairs:
    """How often each thing happened."""

    without_id: int = 0
    repeated_ids: int = 0
    without_name: int = 0
    odd_colours: int = 0
    odd_settings: int = 0
    repeated_segments: int = 0
    text_segments: int = 0
    odd_lists: int = 0
    odd_vertices: int = 0
    odd_pixels: int = 0
    no_objects: int = 0
    no_segments: int = 0
    drawings: int = 0

    def notes(self) -> Notes:
        """What happened at all."""
        mended = [(Note(Kind.REPAIRED, what, feature, count=getattr(self, name))) for name, (what, feature) in _REPAIRED.items()]
        skipped = [Note(Kind.SKIPPED, what, count=getattr(self, name)) for name, what in _SKIPPED.items()]
        return Notes(tuple(note for note in mended + skipped if note.count))
