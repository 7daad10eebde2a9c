"""What readers of gated events and the workflow that joins them agree on."""

from __future__ import annotations

NUMBERED = "image_index"
"""Axis of ``ImageSet.position`` under which a reader with the option ``population`` says the number of an image set, where a file has one.

A gate keeps the name of an image set only if its keywords survived; else the name is empty, and the number is all that is known of it.
"""
