"""Words of the format, and its limits."""

from __future__ import annotations

NAME = "mantis-json"
LARGEST = 1 << 32
"""Bytes of a file."""
MOST_PIXELS = 1 << 28
"""Of an embedded segmentation: as text, Mantis itself cannot load as many."""
POPULATIONS, SEGMENTATION = "populations", "segmentation"
"""Members of a file of v0.7.3 to v0.9.0; the others are lists."""
