"""Options of QuPath's measurement tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    pixel_size: float | None = Field(None, gt=0, allow_inf_nan=False, description="micrometres per pixel: makes points of centroids in micrometres")
    repeated: Literal["mend", "error"] = Field("mend", description="ids that occur twice: mend = they are made unique, and counted; error = as --table does")
    read_decimal: Literal["auto", "point", "comma"] = Field("auto", description="decimal mark: QuPath writes that of the language it runs in")
