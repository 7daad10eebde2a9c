"""Ids and names as QuPath takes them from the properties of ROIs (QuPath 0.6 and later, IJProperties)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import polars as pl

from segue.formats.roi_files.keys import put

ID, NAME, CLASS = "qupath.object.id", "qupath.object.name", "qupath.object.classification"
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_SPACE = uuid5(NAMESPACE_URL, "segue:object")


def uuids(ids: pl.Series, *, every: bool) -> pl.Series:
    """The ids that are UUIDs; with ``every`` one is derived from each of the others."""
    found = ids.str.contains(_UUID)
    if not every:
        return ids.set(~found, None)
    rows = (~found).arg_true()
    return put(ids, rows, [str(uuid5(_SPACE, one)) for one in ids[rows]])


def derived(own: str) -> str:
    """The UUID of an id."""
    return str(uuids(pl.Series([own]), every=True)[0])
