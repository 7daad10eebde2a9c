"""Lines ``L B E P`` of the Cell Tracking Challenge: number of a track, its first and last frame (from 0), and the number of its parent (0 = none)."""

from __future__ import annotations

import polars as pl

from segue.errors import Malformed
from segue.storage.source import Source

COLUMNS = {"track": pl.Int64, "begin": pl.Int64, "end": pl.Int64, "parent": pl.Int64}
MOST_BYTES = 1 << 28
_NUMBER = r"([+-]?[0-9]{1,18})(?:\.0*)?"
_LINE = rf"^\s*{_NUMBER}[\s,;]+{_NUMBER}[\s,;]+{_NUMBER}[\s,;]+{_NUMBER}[\s,;]*$"


def read_tracks(source: Source) -> pl.DataFrame:
    """Every line that is not empty, in the order of the file. Memory: about ten times the file.

    Returns
    -------
    Columns as in ``COLUMNS``, not checked in any way.

    Raises
    ------
    Malformed
        A line is something else than four whole numbers.
    TooLarge
    """
    text = source.read_bytes(MOST_BYTES).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = pl.Series("line", text.split("\n"), dtype=pl.Utf8).to_frame().with_row_index("nth", offset=1)
    lines = lines.filter(pl.col("line").str.strip_chars().str.len_bytes() > 0)
    found = lines.select(
        pl.col("nth"), *(pl.col("line").str.extract(_LINE, nth).cast(dtype).alias(name) for nth, (name, dtype) in enumerate(COLUMNS.items(), 1))
    )
    wrong = found.filter(pl.any_horizontal(pl.col(*COLUMNS).is_null()))
    if wrong.height:
        line = int(wrong["nth"][0])
        raise Malformed(
            f"{source.path}: line {line} is not four whole numbers (track, first frame, last frame, parent)",
            path=source.path,
            position=f"line {line}",
            expected="L B E P",
        )
    return found.drop("nth")


def track_text(tracks: pl.DataFrame) -> bytes:
    """The lines of a table with the columns of ``COLUMNS``."""
    lines = tracks.select(pl.concat_str([pl.col(name).cast(pl.Utf8) for name in COLUMNS], separator=" "))
    return "".join(f"{line}\n" for line in lines.to_series()).encode("ascii")
