"""Vertices as OME-XML writes them (``x,y x,y``), many at a time."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.rings import Floats, Ints


def parse_points(texts: pl.Series) -> tuple[Floats, Ints]:
    """The vertices of many texts, in memory of some 60 bytes per vertex besides the result.

    Parameters
    ----------
    texts
        One per shape; between numbers a comma or white space, in whatever mixture.

    Returns
    -------
    (vertices, 2) and where those of each text begin (texts + 1,).

    Raises
    ------
    ValueError
        A text is null, holds something that is no finite number, or an odd number of them. Its argument is the row.
    """
    if texts.null_count():
        raise ValueError(int(texts.is_null().arg_max() or 0))
    words = texts.str.replace_all(",", " ", literal=True)
    if words.str.contains(r"\s\s|[\t\n\r]|^\s|\s$").any():
        words = words.str.replace_all(r"\s+", " ").str.strip_chars(" ")
    lists = words.str.split(" ")
    counts = lists.list.len().to_numpy().astype(np.int64)
    counts[(words == "").to_numpy()] = 0
    flat = lists.filter(words != "").explode()
    numbers = flat.cast(pl.Float64, strict=False)
    start = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    values = numbers.to_numpy()
    bad = ~np.isfinite(values)  # null has become NaN
    if bad.any():
        raise ValueError(int(np.searchsorted(start, int(bad.argmax()), side="right")) - 1)
    if (counts % 2).any():
        raise ValueError(int((counts % 2).argmax()))
    return values.reshape(-1, 2), start // 2


def number_texts(values: Floats) -> pl.Series:
    """Numbers as the shortest texts that read back equal; whole ones without decimals."""
    return pl.Series(values).cast(pl.Utf8).str.strip_suffix(".0")


def points_texts(coords: Floats, start: Ints) -> pl.Series:
    """The reverse of `parse_points`: one text per run of vertices; an empty run is an empty text."""
    numbers = number_texts(coords.reshape(-1))
    pairs = pl.DataFrame({"x": numbers.gather_every(2), "y": numbers.gather_every(2, 1)}).select(pl.concat_str("x", pl.lit(","), "y")).to_series()
    counts = np.diff(start)
    owner = pl.Series("row", np.repeat(np.arange(len(counts)), counts))
    joined = pl.DataFrame([owner, pairs.alias("text")]).group_by("row", maintain_order=True).agg(pl.col("text").str.join(" "))
    rows = pl.DataFrame({"row": np.arange(len(counts))})
    return rows.join(joined, on="row", how="left", maintain_order="left")["text"].fill_null("")
