"""Options of the writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options

Outlines = Literal["auto", "polygon", "mask"]


class WriteOptions(Options):
    """How the file is written."""

    embed: bool = Field(False, description="Put the image into the file (8 bits, grey or colour); without it Labelme looks for the image beside the file.")
    outlines: Outlines = Field(
        "auto", description="auto: polygons, masks where there are holes; polygon: only polygons, holes filled; mask: outlines of pixels as masks, too."
    )
