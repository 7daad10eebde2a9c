"""The limits of files of one plane of 8 or 16 bits."""

from __future__ import annotations

PLANE_TYPES = ("uint8", "uint16")
INSTEAD = "choose --dtype uint8 with --renormalize, cut out one plane or put {slice_index} into the name for one file per plane, or write .tif"
"""What to do where something does not fit."""
