"""What is found out about the values of a segment, and which of it is asked for: only that is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACTS = ("count", "missing", "zeros", "sum", "mean", "second", "third", "fourth", "min", "max", "lower", "upper", "mode", "z", "y", "x")
"""Moments are means of powers of the difference to the mean; lower and upper are the two middle values; z, y and x are means of places
(from the first plane, row and column of the segment) weighted by value. NaN is no number: it is missing, and passed over in everything
else. NaN where there is no number."""
BINS = 256
"""ImageJ's bins between the smallest and the largest number, for the mode of fractions."""
SQUARES, POWERS, RANKS, MODE, WEIGHTS = range(5)
"""Groups of facts that cost a look at all values each; the others come along with the sum."""
_GROUPS = ({"second"}, {"third", "fourth"}, {"lower", "upper"}, {"mode"}, {"z", "y", "x"})


@dataclass(frozen=True)
class Asked:
    """Facts and percentiles that are asked for."""

    names: tuple[str, ...] = FACTS
    percentiles: tuple[float, ...] = ()
    """From 0 to 100; between two values in proportion."""

    def __len__(self) -> int:
        return len(self.names) + len(self.percentiles)

    @property
    def groups(self) -> NDArray[np.bool_]:
        """(5,) Which groups are needed."""
        return np.array([bool(group & set(self.names)) for group in _GROUPS])

    @property
    def columns(self) -> NDArray[np.int64]:
        """Which of all facts, followed by the percentiles, they are."""
        return np.array([FACTS.index(name) for name in self.names] + [len(FACTS) + k for k in range(len(self.percentiles))], np.int64)
