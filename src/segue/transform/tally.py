"""How many pixels a change of values altered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """Counts of pixels; those of several blocks are added."""

    clipped: int = 0
    """Below or above what was asked for, or what the number type holds."""
    rounded: int = 0
    """Between two values of the number type."""
    missing: int = 0
    """NaN where the number type has none."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.clipped + other.clipped, self.rounded + other.rounded, self.missing + other.missing)
