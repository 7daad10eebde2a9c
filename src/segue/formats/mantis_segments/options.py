"""Options of the reader of Mantis' text segmentation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """What a file does not tell."""

    numbering: Literal["1", "0"] = Field(
        "1", description="label of the first line: 1 as in Mantis v1.1 and later; 0 as in v1.0, where the first line is background"
    )
    width: int | None = Field(None, ge=1, le=1 << 30, description="of the image, pixels; with height: a label image is made")
    height: int | None = Field(None, ge=1, le=1 << 30, description="of the image, pixels")
