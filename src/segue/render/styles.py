"""In which colours the segments of a label image are painted: every one in its own, members of populations in those of the populations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.render.colours import rgba, segment_colours
from segue.render.paint import Coats, coats

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Styles:
    """How segments look. The arrays name the segments that look otherwise than by their label alone."""

    opacity: float = 0.0
    """Of the fill of every segment, in its own colour."""
    outlines: bool = True
    outline_colour: int | None = None
    """0xRRGGBBAA of all outlines; None = each segment in its own."""
    outline_opacity: float = 1.0
    width: float = 1.0
    """Of outlines; 0 = there are none."""
    member_opacity: float = 0.0
    """Of the fill of members of populations, in the colours of these."""
    member_outlines: bool = True
    label: NDArray[np.uint64] | None = None
    """(n,) ascending."""
    own: NDArray[np.uint32] | None = None
    """(n,) 0xRRGGBBAA; 0 = by the label."""
    member: NDArray[np.uint32] | None = None
    """(n,) 0xRRGGBBAA of the population that is drawn last; 0 = it is in none."""

    def of(self, labels: NDArray[Any]) -> tuple[Coats, Coats]:
        """(fill, outline) of each label."""
        own, member = self._known(labels.astype(np.uint64))
        plain = segment_colours(labels).astype(np.float64)
        stated, population = rgba(own), rgba(member)
        colour = np.where((own != 0)[:, None], stated[:, :3], plain)
        inside = member != 0
        fill = coats(colour, self.opacity).under(coats(population[:, :3], np.where(inside, self.member_opacity, 0.0)))
        line_colour, opacity = colour, np.full(len(labels), self.outline_opacity if self.outlines else 0.0)
        if self.outline_colour is not None:
            everybody = rgba([self.outline_colour])[0]
            line_colour, opacity = np.broadcast_to(everybody[:3], colour.shape), opacity * everybody[3]
        if self.member_outlines:
            line_colour, opacity = np.where(inside[:, None], population[:, :3], line_colour), np.where(inside, 1.0, opacity)
        return fill, coats(line_colour, opacity)

    def _known(self, labels: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        if self.label is None or self.own is None or self.member is None or not len(self.label):
            nothing = np.zeros(len(labels), np.uint32)
            return nothing, nothing
        place = np.minimum(np.searchsorted(self.label, labels), len(self.label) - 1)
        there = self.label[place] == labels
        return np.where(there, self.own[place], np.uint32(0)), np.where(there, self.member[place], np.uint32(0))
