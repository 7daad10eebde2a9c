"""Options of the reader of pictures, and of exporting them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a picture is understood."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = its numbers are segments (GIF and BMP); auto = an image")


class WriteOptions(Options):
    """How a picture is exported."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = its numbers are segments, which JPEG never takes")
    quality: int = Field(95, ge=1, le=100, description="of JPEG: 100 = the least changed values and the largest file")
