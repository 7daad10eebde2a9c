"""Options of the reader of pictures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a picture is understood."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = its numbers are segments (GIF and BMP); auto = an image")
