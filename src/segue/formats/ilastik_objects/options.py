"""Options of ilastik's object tables."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    layer: str = Field("labels", description="what the label image is called that the objects are numbered in")
    crops: bool = Field(True, description="HDF5: read the pixels of the objects as mask shapes, where they were exported")
