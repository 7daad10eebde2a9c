"""Options of the reader and writer of portable maps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a map is understood where it does not tell."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = its numbers are segments; auto = what the file says, else an image")


class WriteOptions(Options):
    """What is written."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="auto = labels if there are any, else the image")
    layer: str | None = Field(None, description="name of the label image or image to write, where there are several")
