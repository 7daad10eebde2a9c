"""The text: one object per line, ``x,y,x,y,...`` of whole numbers, a blank line for an object without an outline."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.errors import Malformed
from segue.model.rings import Ints
from segue.storage.source import Source

MOST_BYTES = 4 << 30
_FARTHEST = 2**31


def parse(source: Source) -> tuple[Ints, Ints, Ints, int]:
    """The points of a file.

    Returns
    -------
    points : (n, 2) int64
        Column and row of pixels.
    start : (objects + 1,) int64
    line : (objects,) int64
        From 1.
    blank : number of lines without a point.

    Raises
    ------
    Malformed
        A line is no list of pairs of whole numbers.
    TooLarge
        The file has more than 4 GiB.
    """
    lines = _lines(source)
    filled = lines.filter(pl.col("text") != "").with_columns(numbers=pl.col("text").str.split(","))
    values = filled["numbers"].explode().str.strip_chars()
    number = values.cast(pl.Float64, strict=False)
    length = filled["numbers"].list.len().to_numpy().astype(np.int64)
    found = number.fill_null(float("nan")).to_numpy()
    good = np.isfinite(found) & (np.abs(found) < _FARTHEST) & (np.floor(found) == found)
    if not good.all() or (length % 2).any():
        raise _malformed(source, filled, length, good)
    start = np.concatenate([[0], np.cumsum(length // 2)])
    line = filled["line"].to_numpy().astype(np.int64)
    return found.astype(np.int64).reshape(-1, 2), start, line, len(lines) - len(line)


def _lines(source: Source) -> pl.DataFrame:
    data = source.read_bytes(MOST_BYTES).removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(f"{source.path} holds no outlines: line {line} is no list of numbers", path=source.path, position=f"line {line}") from error
    lines = pl.Series("text", [text.removesuffix("\n")], dtype=pl.Utf8).str.split("\n").explode().str.strip_chars()
    lines = lines if text else lines.clear()
    return pl.DataFrame({"line": np.arange(1, len(lines) + 1), "text": lines})


def _malformed(source: Source, filled: pl.DataFrame, length: Ints, good: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Malformed:
    start = np.concatenate([[0], np.cumsum(length)])
    wrong = np.flatnonzero((length % 2 == 1) | ~np.logical_and.reduceat(good, start[:-1]))
    line = filled["line"][int(wrong[0])]
    return Malformed(
        f"{source.path} holds no outlines, or is damaged: line {line} is no list of pairs of whole numbers (x,y,x,y,...)",
        path=source.path,
        position=f"line {line}",
        expected="x,y,x,y,...",
    )


def render(points: Ints, start: Ints, line: Ints) -> str:
    """The text of outlines that stand in the given lines, ascending; the lines between them are blank."""
    if not len(line):
        return ""
    newlines, which = np.unique(np.diff(line, append=line[-1] + 1), return_inverse=True)
    behind = np.zeros(2 * len(points), np.uint32)
    behind[2 * start[1:] - 1] = which + 1
    marks = pl.Series([",", *("\n" * int(count) for count in newlines)]).gather(behind)
    numbers = pl.Series(points.reshape(-1)).cast(pl.Utf8)
    text: str = pl.select(pl.concat_str(numbers, marks).str.join("")).item()
    return "\n" * int(line[0] - 1) + text
