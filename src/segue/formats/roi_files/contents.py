"""The ROIs of a file, and what their container says about them."""

from __future__ import annotations

from dataclasses import dataclass

from segue.codecs.roi_record import Rois
from segue.notes import Notes


@dataclass(frozen=True, eq=False)
class Contents:
    """Decoded ROIs."""

    rois: Rois
    labels: list[str]
    """What each is called in its container: the names of the entries of a ZIP file without ``.roi``; the file's own for a single ROI."""
    single: bool
    """Whether the label is the name of the file."""
    comment: bytes
    """What the container says about the image and the populations; see ``about``."""
    notes: Notes
    named: bool = True
    """Whether a ROI without a name is called by its label."""
    active: dict[int, int] | None = None
    """Row -> number of ACTIVE; None = what the ROIs say themselves."""
