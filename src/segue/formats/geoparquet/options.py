"""Options of the reader."""

from __future__ import annotations

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How files of other programs are understood; what segue wrote says everything itself."""

    id: str = Field("", description="The column with the ids of objects; empty: id, else the index of GeoPandas.")
    label: str = Field("", description="The column with the label numbers; empty: label, else ids that are whole numbers.")
    classification: str = Field("", description="The column with the class of each object; empty: classification.")
    pixel_size: float | None = Field(None, gt=0, description="Micrometres per pixel, if the coordinates are micrometres; they become pixels.")
