"""The segments of a plane, and what several measurements of them are made from; each piece is made when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.errors import Malformed
from segue.geometry.outline import outline
from segue.measure.form.contours import contours
from segue.measure.form.hull import convex_hulls
from segue.measure.runs import label_runs
from segue.measure.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings
    from segue.measure.form.contours import Contours
    from segue.measure.runs import Runs
    from segue.measure.survey import Segments

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Hulls(NamedTuple):
    """Convex hulls of segments."""

    corners: Floats
    """(h, 2) x, y in pixels."""
    start: Ints
    """(s + 1,)"""


@dataclass(frozen=True, eq=False)
class Plane:
    """A label image (y, x) in which every segment is whole.

    Raises
    ------
    Malformed
        Not two-dimensional, not of whole numbers, or with negative labels.
    """

    labels: NDArray[np.generic]
    pixel: tuple[float, float] = (1, 1)
    """Height and width of a pixel."""

    def __post_init__(self) -> None:
        if self.labels.ndim != 2:
            raise Malformed(f"the form of segments is measured in one plane, not in {self.labels.ndim} axes", expected="(y, x) integers")

    @cached_property
    def runs(self) -> Runs:
        return label_runs(self.labels)

    @cached_property
    def segments(self) -> Segments:
        survey = Survey()
        survey.add(self.runs)
        return survey.segments()

    @cached_property
    def owner(self) -> Ints:
        """(r,) The row of the segment of each run."""
        return np.searchsorted(self.segments.label, self.runs.label)

    @cached_property
    def area(self) -> Floats:
        """(s,) In units of ``pixel``."""
        return self.segments.area.astype(np.float64) * float(self.pixel[0] * self.pixel[1])

    @cached_property
    def rings(self) -> Rings:
        """Exact outlines, one shape per segment."""
        return outline(self.labels)[1]

    @cached_property
    def contours(self) -> tuple[Contours, Ints]:
        """Outer contours, and the holes of each segment."""
        return contours(self.rings)

    @cached_property
    def hulls(self) -> Hulls:
        """Around the corners of all pixels."""
        lines, _ = self.contours
        return Hulls(*convex_hulls(lines.coords, np.repeat(lines.shape, np.diff(lines.start)), len(self.rings)))
