"""What is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """The boxes of NimbusImage's export dialog. What is not ticked is empty in the file, never missing."""

    annotations: bool = True
    connections: bool = True
    """Only with annotations."""
    properties: bool = True
    values: bool = True
    """Only with annotations and properties."""
    z: bool = False
    """Write the slice as z of every vertex."""
