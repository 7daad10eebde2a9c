"""Options of the NumPy reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How an array is understood: the file tells nothing but its shape and number type."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="auto = whole numbers of 32 or 64 bits are labels, everything else is an image")
    axes: str = Field("", pattern="^[tczyxTCZYX]*$", description="names of the axes (tzcyx); else yx, cyx, zcyx, tzcyx, and for labels yx, zyx, tzyx")
    array: str | None = Field(None, description="name of the array in an .npz file; else the first called labels, masks or image, else the first")


class WriteOptions(Options):
    """What is written."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="auto = labels if there are any, else the image")
    layer: str | None = Field(None, description="name of the label image or image to write, where there are several")
