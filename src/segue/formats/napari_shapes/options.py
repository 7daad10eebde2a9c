"""What can be chosen about napari's shapes."""

from __future__ import annotations

from pydantic import Field

from segue.formats.napari_files import Axes
from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    axes: Axes = Field("auto", description="what the axes are; auto = as the file says, else z before y and x, or t and z")


class WriteOptions(Options):
    """Writing."""

    axes: Axes = Field("auto", description="axes of the layer; auto = y and x, with t and z in front where something lies on them")
