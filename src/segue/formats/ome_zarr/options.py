"""Options of the OME-Zarr reader and writer."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from segue.formats.options import Options


class ReadOptions(Options):
    """What is read of the many things in a group."""

    level: int = Field(0, ge=0, le=999, description="which resolution: 0 = the finest, 1 = the next one, ...")
    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = the numbers of the image are segments; auto = what the file says")


class WriteOptions(Options):
    """What is written."""

    version: Literal["0.5", "0.4"] = Field("0.5", description="0.5 = on Zarr 3; 0.4 = on Zarr 2, for programs that do not read 0.5 yet")
    scales: str = Field(
        "auto", description="how many resolutions: auto = until a plane fits one chunk, 1 = only the finest, 2, 3, ...", pattern="^(auto|[1-9][0-9]?)$"
    )
    compression: Literal["auto", "zstd", "blosc", "none"] = Field("auto", description="auto = zstd for 0.5, blosc (zstd inside) for 0.4")
    level: int = Field(1, ge=1, le=9, description="how hard it is packed: 1 = fast, 9 = a little smaller")
    chunks: str = Field("auto", description="sizes of chunks by axis, such as z=64,y=64,x=64; auto = planes of up to 512 x 512")
    shards: Literal["auto", "always", "never"] = Field("auto", description="many chunks in one file (0.5 only); auto = where there are more than 10,000")
    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = the numbers of an exported image are segments; auto = they are intensities")

    @field_validator("version", "scales", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """``--set version=0.4`` is a number where it comes from a command line."""
        return str(value) if isinstance(value, float | int) else value

    @field_validator("chunks")
    @classmethod
    def _are_sizes(cls, value: str) -> str:
        if value != "auto" and not re.fullmatch(r"[tczyx]=[1-9]\d{0,5}(,[tczyx]=[1-9]\d{0,5})*", value):
            raise ValueError("write sizes such as z=64,y=64,x=64, or auto")
        return value

    @property
    def sizes(self) -> dict[str, int]:
        """Axis -> size of a chunk, of the axes for which it is wished."""
        return {} if self.chunks == "auto" else {part[0]: int(part[2:]) for part in self.chunks.split(",")}
