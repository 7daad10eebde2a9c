"""Panels of a picture of the guide, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def save(panels: Sequence[np.ndarray[Any, Any]], target: Path, gap: int) -> None:
    """Write panels, (n, n, 3) uint8 each, with ``gap`` white pixels between them."""
    side = panels[0].shape[0]
    picture = Image.new("RGB", (len(panels) * (side + gap) - gap, side), "white")
    for nth, panel in enumerate(panels):
        picture.paste(Image.fromarray(panel), (nth * (side + gap), 0))
    picture.save(target, optimize=True)
