"""0xRRGGBBAA (segue) and 0xAARRGGBB with 0 = none (ImageJ)."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def to_argb(colours: pl.Series) -> NDArray[np.uint32]:
    """Null becomes 0."""
    rgba = colours.fill_null(0).to_numpy().astype(np.uint32)
    return (rgba >> np.uint32(8)) | (rgba << np.uint32(24))


def from_argb(colours: NDArray[np.uint32]) -> pl.Series:
    """0 becomes null."""
    rgba = pl.Series((colours << np.uint32(8)) | (colours >> np.uint32(24)), dtype=pl.UInt32)
    return rgba.set(pl.Series(colours == 0), None)
