"""Options of the reader."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How micrometres become pixels."""

    pixel_size: float | None = Field(None, gt=0, allow_inf_nan=False, description="Micrometres per pixel; empty: what experiment.xenium says.")
    origin: Literal["corner", "centre"] = Field(
        "corner", description="What of the first pixel the coordinates count from. 10x does not say; SpatialData and Xenium Explorer take the corner."
    )
