"""Options of the reader of folders of channels."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Which of the files in a folder are channels."""

    folder: str = Field("", description="sub-folder that the images lie in, such as TIFs")
    exclude: str = Field("", description="files that are neither channels nor labels: names or patterns, separated by commas ('overview*.tif, mask.tif')")
    labels: str = Field("", description="files that are label images, if they are not called segmentation or mask: names or patterns, separated by commas")
