"""Options of the OME-Zarr reader and writer."""

from __future__ import annotations

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

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """``--set version=0.4`` is a number where it comes from a command line."""
        return str(value) if isinstance(value, float) else value
