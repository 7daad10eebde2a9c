"""``panel.csv``: the channels, one list for all images. Kept as it is, in the extras of every image set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from segue.codecs.delimited import read_delimited
from segue.codecs.delimited_write import write_delimited
from segue.formats.steinbock.layout import PANEL_CSV
from segue.formats.steinbock.spec import FORMAT
from segue.model.study import EXTRAS, ImageSet
from segue.storage.source import Source

Panel = dict[str, list[Any]]
"""``columns``: names; ``rows``: texts, or None."""


def read_panel(root: Path) -> Panel | None:
    """The panel as it stands in the file; None without one.

    Raises
    ------
    SourceError
        It is no text table.
    """
    path = root / PANEL_CSV
    if not path.is_file():
        return None
    found = read_delimited(Source(path), header_rows=1)
    return {"columns": list(found.names), "rows": [list(row) for row in found.columns.iter_rows()]}


def kept_channels(panel: Panel | None) -> list[str]:
    """Names of the channels that are in the images: those that are kept; a channel without a name by its id."""
    if panel is None or not {"channel", "name"} & set(panel["columns"]):
        return []
    rows = [dict(zip(panel["columns"], row, strict=True)) for row in panel["rows"]]
    return [row.get("name") or row.get("channel") or "" for row in rows if row.get("keep", "1") not in ("0", "False", "false", "FALSE")]


def as_extras(panel: Panel | None) -> pl.DataFrame:
    if panel is None:
        return pl.DataFrame(schema=EXTRAS)
    return pl.DataFrame([(FORMAT.name, "image set", "", json.dumps({"panel": panel}))], schema=EXTRAS, orient="row")


def stated(image_sets: Sequence[ImageSet]) -> Panel | None:
    """The first panel that the extras of the image sets hold."""
    for s in image_sets:
        own = s.extras.filter((pl.col("format") == FORMAT.name) & (pl.col("entity") == "image set"))
        for text in own["payload"].drop_nulls():
            panel = _parsed(text)
            if panel is not None:
                return panel
    return None


def _parsed(text: str) -> Panel | None:
    try:
        panel = json.loads(text)["panel"]
        columns, rows = list(panel["columns"]), [list(row) for row in panel["rows"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    texts = all(isinstance(name, str) and name for name in columns) and all(cell is None or isinstance(cell, str) for row in rows for cell in row)
    filled = all(len(row) == len(columns) and any(cell is not None for cell in row) for row in rows)
    return {"columns": columns, "rows": rows} if texts and filled and len(columns) > 1 and _plain(columns, rows) else None


def _plain(columns: list[str], rows: list[list[str | None]]) -> bool:
    """Whether every text comes back from a text table as it is."""
    cells: list[str | None] = [*columns, *(cell for row in rows for cell in row)]
    return all(cell is None or (cell.isprintable() and cell.strip() == cell) for cell in cells)


def write_panel(file: BinaryIO, panel: Panel) -> None:
    frame = pl.DataFrame({str(nth): pl.Series([row[nth] for row in panel["rows"]], dtype=pl.Utf8) for nth in range(len(panel["columns"]))})
    write_delimited(file, frame, header=[panel["columns"]])
