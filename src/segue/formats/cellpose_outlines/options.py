"""Options of Cellpose's outlines."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """What the points of an outline are."""

    outlines: Literal["pixels", "centres"] = Field(
        "pixels",
        description="pixels = they are the border pixels of the object, which belong to it, so that its mask comes back; "
        "centres = a polygon through the centres of these pixels, as ImageJ would draw it, a pixel smaller",
    )


class WriteOptions(Options):
    """Which line is whose."""

    gaps: Literal["keep", "close"] = Field(
        "keep", description="keep = a blank line for every label number that does not occur, so that line and label agree; close = none"
    )
