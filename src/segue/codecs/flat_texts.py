"""A column of texts as the flat arrays that kernels read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl


def flat_texts(texts: pl.Series) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """All texts of a column without null in a row as UTF-8 (bytes,), and where each ends (texts,)."""
    ends = np.cumsum(texts.str.len_bytes().to_numpy().astype(np.int64))
    return np.frombuffer(texts.str.join("").item().encode(), np.uint8), ends
