"""Shapes of one kind at their place in the image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from segue.model.rings import Floats, Ints, Rings
from segue.model.shapes import ShapeKind


@dataclass(frozen=True)
class Placed:
    """Some elements of a document as shapes of a kind."""

    kind: ShapeKind
    rows: Ints
    """(shapes,) The element that each comes from."""
    rings: Rings
    parameters: dict[str, Floats] = field(default_factory=dict)
    """Name of a parameter -> (shapes,)."""

    @classmethod
    def boxes(cls, kind: ShapeKind, rows: Ints, low: Floats, high: Floats) -> Placed:
        return cls.pairs(kind, rows, low, high)

    @classmethod
    def pairs(cls, kind: ShapeKind, rows: Ints, first: Floats, second: Floats, **parameters: Floats) -> Placed:
        """Shapes of two vertices each."""
        both = np.stack([first, second], axis=1).reshape(-1, 2)
        return cls(kind, rows, Rings.simple(both, np.arange(len(rows) + 1) * 2), parameters)
