"""Options of the reader and the writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.nimbus_files.options import ReadOptions as AnnotationReadOptions
from segue.formats.nimbus_files.options import WriteOptions as AnnotationWriteOptions

Meaning = Literal["auto", "positions", "channels", "times", "slices", "none"]


class ReadOptions(AnnotationReadOptions):
    """What the images of a dataset are, whether they are checked, and what is mended."""

    images: Meaning = Field(
        "auto",
        description="what several images of one dataset are: its stage positions, or the channels, time points or z slices of one image; "
        "none = images are not read; auto = as segue wrote them, else channels where their names say so, else positions",
    )
    checksums: bool = Field(True, description="compare the checksums of images with those in the manifest; every image is read once for that")


class WriteOptions(AnnotationWriteOptions):
    """What is written besides annotations."""

    images: bool = Field(True, description="write the images, as OME-TIFF; without them they are lost, and NimbusImage needs them from elsewhere")
    compression: Literal["none", "deflate"] = Field("none", description="of the images; deflate is lossless and slower to look at")
