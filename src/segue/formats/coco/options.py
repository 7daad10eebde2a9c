"""Options of the writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options

Segmentation = Literal["auto", "polygon", "rle"]


class WriteOptions(Options):
    """How the file is written."""

    segmentation: Segmentation = Field(
        "auto",
        description="auto: polygons, run-length masks where there are holes; polygon: only polygons, holes filled; rle: masks of the pixels of every area.",
    )
    counts: Literal["text", "list"] = Field("text", description="Counts of run-length masks as compressed text (pycocotools), or as plain numbers.")
