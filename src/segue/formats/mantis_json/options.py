"""Options of the reader and the writer."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How the file is read."""

    width: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Width of the image in pixels: what regions of v1.1 and later (lists of pixel numbers) need to have a place."
    )


class WriteOptions(Options):
    """How the file is written."""

    layer: str = Field("", description="The label image whose segments the populations list; empty = the first one that has members in populations.")
