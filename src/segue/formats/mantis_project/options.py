"""Options of the reader and the writer of projects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """What is read, and where it lies if the project does not say it."""

    image_set: str = Field("", description="only this image set (Mantis' active image set); empty = all")
    folder: str = Field("", description="sub-folder of each image set that its images lie in, if the settings do not say it, such as TIFs")
    segmentation: str = Field("", description="file with the segments in each image set, if it is not the one that the settings name")
    regions: str = Field("", description="TIFF with regions in each image set, if it is not the one that the settings name")
    markers: str = Field("", description="CSV with the names of the channels of a stack, a line each, in the project or in each image set")


class WriteOptions(Options):
    """How the files of an image set are named."""

    layout: Literal["mantis", "ark"] = Field(
        "mantis",
        description="ark = the names of ark-analysis, too: CHANNEL.tiff, cell_segmentation.tiff, population_mask.tiff with population_mask.csv",
    )
