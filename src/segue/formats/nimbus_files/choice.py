"""What is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Holes = Literal["fill", "keyhole", "parts"]


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
    holes: Holes = "fill"
    """fill = without holes; keyhole = one ring with a slit to each hole; parts = each hole is an annotation of its own."""
    connect_parts: bool = False
    """Connect further parts of an object with its first one, and give all of them a tag."""
