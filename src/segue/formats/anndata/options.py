"""Options of the AnnData reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How files of other programs are understood; what segue wrote says everything itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, coerce_numbers_to_str=True)

    matrix: str = Field("X", description="which values are read: X, the name of a layer, or none")
    label: str | None = Field(
        None, description="column of obs with the numbers of the objects in their label image; empty = none; default: by well-known names"
    )
    image: str | None = Field(None, description="column of obs that names the image; empty = none; default: by well-known names")
    spatial: str = Field("spatial", description="entry of obsm with the positions (x, y)")
    read_origin: Literal["corner", "centre"] = Field("corner", description="whether 0, 0 is the corner or the centre of the first pixel")


class WriteOptions(Options):
    """How it is written."""

    dtype: Literal["float64", "float32"] = Field("float64", description="number type of X")
    compression: Literal["none", "gzip"] = Field("none", description="of arrays")
