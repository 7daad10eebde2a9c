"""Which ROI of an image is selected."""

from __future__ import annotations

ACTIVE = {"selected": 1, "both": 2}
"""Values of the property ``segue.active``, and of ``active`` in the extras: only the active selection of the image, or in its overlay, too."""
