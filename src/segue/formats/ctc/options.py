"""Options of folders of the Cell Tracking Challenge."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    check: bool = Field(True, description="look at the pixels of every frame; false = believe the text file, which says when each track begins and ends")
    links: bool = Field(False, description="connect the objects of a track from frame to frame, too, as programs without tracks need it (NimbusImage)")


class WriteOptions(Options):
    """What is written."""

    layer: str | None = Field(None, description="name of the label image to write, where there are several")
    links: Literal["auto", "track", "all"] = Field(
        "auto",
        description="connections that make tracks: track = those of the kind track, all = plain links, too (as NimbusImage has them), "
        "auto = plain links if there are no others",
    )
    names: Literal["result", "truth"] = Field("result", description="result = mask000.tif and res_track.txt, truth = man_track000.tif and man_track.txt")
    renumber: bool = Field(False, description="number all tracks anew from 1, as is needed where labels are above 65,535")
