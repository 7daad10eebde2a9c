"""Options of the reader."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Which plane, and how micrometres become pixels."""

    z: int | None = Field(None, ge=0, description="Only this z plane, counted from 0, as flat outlines; empty: all planes.")
    transform: str = Field("", description="The file micron_to_mosaic_pixel_transform.csv; empty: the one beside the boundaries or in images/.")
    pixel_size: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Micrometres per pixel, in place of a transform: pixels then count from 0 micrometres."
    )
    origin: Literal["corner", "centre"] = Field("corner", description="What of the first pixel the coordinates count from. Vizgen does not say.")
