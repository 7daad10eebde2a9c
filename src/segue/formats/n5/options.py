"""Options of the N5 reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a container is understood where it does not tell."""

    path: str = Field("", description="the array (or group of arrays) to read, as the path behind the folder does: raw/data; else all of them")
    axes: str = Field("", pattern="^[tczyxTCZYX]*$", description="names of the axes, slowest first (tzyxc), instead of what the file says")
    role: Literal["auto", "labels", "image"] = Field(
        "auto", description="labels = its numbers are segments; auto = what the file says, else whole numbers of 32 and 64 bits with one channel are"
    )


class WriteOptions(Options):
    """What is written, and how it is packed."""

    dataset: str = Field("exported_data", pattern=r"^\w[\w-]*(/\w[\w-]*)*$", description="name of the array, with the groups on its way: volumes/raw")
    compression: Literal["gzip", "none", "zstd"] = Field("gzip", description="gzip is read everywhere; zstd is smaller and faster, for newer programs")
    level: int = Field(1, ge=1, le=9, description="of gzip and zstd; higher is smaller and slower")
    chunks: str = Field(
        "", pattern=r"^(\d{1,9}(,\d{1,9})*)?$", description="size of the blocks along each axis (1,64,64), or along all axes of space (64); else ilastik's"
    )
    role: Literal["auto", "labels", "image"] = Field("auto", description="auto = labels if there are any, else the image")
    layer: str | None = Field(None, description="name of the label image or image to write, where there are several")
