"""Options of the FCS reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from segue.formats.options import Options

_CHANNEL = "name of the channel that holds it; empty = none does; default: found by well-known names"


class ReadOptions(Options):
    """How files of other programs are understood; what segue wrote says everything itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, coerce_numbers_to_str=True)

    label: str | None = Field(None, description=f"number of an object in its label image: {_CHANNEL}")
    image: str | None = Field(None, description=f"number of the image set: {_CHANNEL}")
    x: str | None = Field(None, description=f"position: {_CHANNEL}")
    y: str | None = Field(None, description=f"position: {_CHANNEL}")
    read_origin: Literal["auto", "corner", "centre"] = Field(
        "auto", description="whether 0, 0 is the corner or the centre of the first pixel; auto = by the names"
    )
    columns: Literal["name", "stain"] = Field("name", description="what values are called: name = $PnN, stain = $PnS where there is one")
    population: str | None = Field(
        None, min_length=1, description="name of the population that the events are, as of a gate; other populations in the file are then left out"
    )


class WriteOptions(Options):
    """How events are written."""

    nan: Literal["zero", "lowest", "keep"] = Field(
        "zero", description="missing, undefined and infinite values: zero = 0, lowest = the smallest value of their channel, keep = NaN and infinity"
    )
    dialect: Literal["segue", "mantis"] = Field(
        "segue", description="mantis = FCS 3.0 as Mantis Viewer writes it: one image set, numbers, CentroidX, CentroidY and SegmentID, no names of images"
    )
    population: str | None = Field(None, min_length=1, description="name of the population that the events are, for the keyword $CELLS")
    sample: str | None = Field(None, min_length=1, description="name of the sample, for the keyword $SMNO; default: the names of the image sets")
    image_index: int | None = Field(
        None, ge=1, le=2**23, description="number of the first image set in the channel image_index; default: 1, and no such channel for a single one"
    )

    @property
    def positions(self) -> tuple[str, ...]:
        """The columns that are the channels CentroidX and CentroidY of Mantis Viewer."""
        return ("Centroid X", "Centroid Y") if self.dialect == "mantis" else ()

    @property
    def one_image_set(self) -> bool:
        return self.dialect == "mantis"
