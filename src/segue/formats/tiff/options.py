"""Options of the TIFF reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a TIFF file is understood where it does not tell."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="labels = its numbers are segments; auto = what the file says, else an image")
    pages: Literal["auto", "c", "z", "t"] = Field("auto", description="what pages without a description are: channels, z planes or time points")
    axes: str = Field("", pattern="^[tczyxTCZYX]*$", description="names of all axes, slowest first (tzcyx), instead of what the file says")
    image: int = Field(1, ge=1, description="which image of a file with several, counted from 1")


class WriteOptions(Options):
    """What is written, and in which dialect."""

    role: Literal["auto", "labels", "image"] = Field("auto", description="auto = labels if there are any, else the image")
    layout: Literal["auto", "imagej", "ome", "plain"] = Field(
        "auto", description="auto = imagej where ImageJ has the pixel type, ome for names that end in .ome.tif, else ome or plain"
    )
    compression: Literal["none", "deflate", "lzw", "zstd"] = Field(
        "none", description="all are lossless; ImageJ reads deflate and lzw, fewer programs zstd; with one of them layout=auto is never imagej"
    )
    tile: int = Field(0, ge=0, le=16_384, multiple_of=16, description="edge of tiles in pixels, for viewers of large planes; 0 = strips")
    bigtiff: bool = Field(False, description="BigTIFF whatever the size; else beyond 4 GB only")
    colour: bool = Field(
        False, description="a plane of three channels of 8 bits as one page of red, green and blue (photographs), without drawings; else no difference"
    )
    holes: Literal["auto", "mask", "fill"] = Field(
        "auto", description="layout=ome: how a drawn area with holes is written: mask, filled, or auto = mask up to 16 million pixels"
    )
    layer: str | None = Field(None, description="name of the label image or image to write, where there are several")

    @property
    def packed(self) -> bool:
        """Whether the file is one that ImageJ's layout cannot be."""
        return self.compression != "none" or self.tile > 0 or self.bigtiff
