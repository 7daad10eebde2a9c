"""Options of Cellpose's _seg.npy."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    colours: bool = Field(True, description="take over the colours of the masks as colours of the objects")


class WriteOptions(Options):
    """Writing."""

    layer: str | None = Field(None, description="name of the label image to write, where there are several")
    image: str | None = Field(None, description="file name of the image, beside the file, that Cellpose opens with it; else the one that was read, or NAME.tif")
