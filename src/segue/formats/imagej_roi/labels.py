"""Names of zip entries: what the ROI manager lists."""

from __future__ import annotations

import polars as pl

from segue.storage.names import safe_names

_PLAIN = r"^[0-9A-Za-z_-](?:[0-9A-Za-z _.-]{0,98}[0-9A-Za-z_-])?$"
_RESERVED = r"(?i)^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:$|[ .])"


def entry_names(names: pl.Series, ids: pl.Series) -> list[str]:
    """One ``NAME.roi`` per ROI: safe as a file name on every system, all different. A ROI without a name is called by its id."""
    texts = pl.select(pl.coalesce(pl.lit(names), pl.lit(ids))).to_series().cast(pl.Utf8)
    plain = texts.str.contains(_PLAIN).all() and not texts.str.contains(_RESERVED).any()
    if plain and texts.str.to_lowercase().n_unique() == len(texts):
        return (texts + ".roi").to_list()
    return safe_names(texts.to_list(), ".roi")
