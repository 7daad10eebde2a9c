"""Options of the writer of OME-XML."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class WriteOptions(Options):
    """How areas with holes are written, for which OME-XML has no polygon."""

    holes: Literal["auto", "mask", "fill"] = Field(
        "auto",
        description="mask = the pixels inside; fill = without the holes; auto = mask up to 16 million pixels; segue itself keeps the outlines in any case",
    )
