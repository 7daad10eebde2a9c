"""The names of channels from a panel: the table that says what was stained with what."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from segue.codecs.delimited import read_delimited
from segue.errors import WrongFormat
from segue.storage.source import Source

_NAMES = ("name", "marker_name", "channel_name", "marker", "target", "protein", "stain")
"""Columns that hold the names: steinbock, MCMICRO, CODEX, and what people write."""
_KEPT = "keep"
"""steinbock's column of channels that its images hold."""


def panel_names(path: Path) -> tuple[str, ...]:
    """The names of the channels in the order of the rows.

    Of a table with a column ``keep`` (steinbock) only the rows that say 1. A text of one name per line, without a heading, is a list of names.
    Where a channel has no name it is called by the column ``channel``, else it stays without.

    Raises
    ------
    WrongFormat
        None of the columns holds names.
    """
    table = read_delimited(Source(path))
    titles = [name.strip().lower().replace(" ", "_") for name in table.names]
    frame = table.columns
    place = next((titles.index(name) for name in _NAMES if name in titles), None)
    if place is None and len(titles) == 1:
        first = [] if titles[0] in ("", "channel", "channels") else [table.names[0]]
        return (*first, *_texts(frame.to_series(0)))
    if place is None:
        raise WrongFormat(f"{path} has no column of channel names; it needs one called name, marker_name or marker (it has {', '.join(titles[:6])})", path=path)
    names = frame.to_series(place)
    if "channel" in titles:
        names = frame.select(pl.coalesce(names.replace("", None).alias("name"), frame.to_series(titles.index("channel")).alias("channel"))).to_series()
    if _KEPT in titles:
        names = names.filter(frame.to_series(titles.index(_KEPT)).is_in(["1", "1.0", "true", "True", "TRUE"]))
    return _texts(names)


def _texts(names: pl.Series) -> tuple[str, ...]:
    return tuple(str(name).strip() if name is not None else "" for name in names)
