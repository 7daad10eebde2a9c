"""What can be chosen about ROI files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    stack: Literal["z", "t", "c"] = Field("z", description="what the planes of a plain stack are, where ROIs state only a plane number")
    outlines: Literal["edges", "border"] = Field(
        "edges",
        description="edges = vertices of areas are corners of pixels, as ImageJ draws them; border = they are the border pixels of the area, which belong "
        "to it, so that the masks come back from which Cellpose saved its ROIs",
    )


class WriteOptions(Options):
    """Writing."""

    compression: int = Field(1, ge=0, le=9, description="0 = stored, fastest; 1 = deflated, fast; 9 = smallest")
    position: Literal["auto", "hyperstack", "stack"] = Field(
        "auto", description="planes as channel, slice, frame of a hyperstack, or as plane number of a plain stack; auto = by the size of the image"
    )
    qupath: bool = Field(False, description="also give every ROI a name and an id (UUID) that QuPath takes over")
