"""Options of mcquant's tables."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    layer: str = Field("labels", description="what the mask is called that the cells are numbered in")
