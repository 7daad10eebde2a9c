"""Options of ilastik's tracking tables."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    layer: str = Field("labels", description="what the label image is called that the objects are numbered in")
