"""Options of the writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options

ObjectType = Literal["auto", "annotation", "detection", "cell", "tile"]


class WriteOptions(Options):
    """How the file is written."""

    object_type: ObjectType = Field(
        "auto",
        description="What QuPath takes objects for; auto: cells where there are nuclei, detections for labels and above 5,000 areas, else annotations.",
    )
    layout: Literal["collection", "array"] = Field(
        "collection",
        description="A feature collection, or the bare list that QuPath's own export makes by default (it cannot hold image size and column facts).",
    )
    pretty: bool = Field(False, description="Indented text for people; needs all of it in memory.")
