"""Which form a file has: by the names of its first two columns, else by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from segue.codecs.delimited_sniff import Cells
from segue.codecs.javascript_numbers import number, whole_numbers

Form = Literal["active", "project"]
_SEGMENT = {"segment_id", "segmentid", "segment"}
_IMAGE = {"image", "image_set", "imageset", "image_set_name", "image_name", "fov"}


def by_names(names: Sequence[str | None]) -> Form | None:
    """The form that the names of the columns say."""
    first, second = (_plain(names[nth]) if len(names) > nth else "" for nth in (0, 1))
    if first in _SEGMENT:
        return "active"
    return "project" if second in _SEGMENT and first in _IMAGE else None


def by_content(columns: Sequence[pl.Series]) -> Form | None:
    """The form in which most rows have a number where that of the segment should stand."""
    shares = {form: _whole(columns[nth]) if len(columns) > nth else 0.0 for nth, form in enumerate(("active", "project"))}
    if not any(shares.values()):
        return None
    return "active" if shares["active"] >= min(shares["project"], 0.5) else "project"


def _whole(column: pl.Series) -> float:
    found = whole_numbers(column if column.dtype == pl.Utf8 else column.cast(pl.Int64, strict=False).cast(pl.Utf8))
    return found.count() / len(found) if len(found) else 0.0


def fits(row: Cells) -> bool:
    """Whether a row can be one of values: a number in the first two columns."""
    return len(row) > 1 and any(number(cell or "") is not None for cell in row[:2])


def _plain(name: str | None) -> str:
    return "_".join((name or "").casefold().replace("-", " ").replace("_", " ").split())
