"""Which measurements of segue's catalogue the values of NimbusImage's own workers are: those whose definitions agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from segue.formats.nimbus_files.about import object_of
from segue.model.study import Property
from segue.model.tables import Column, Table

METRICS: dict[tuple[str, ...], str] = {
    ("Area",): "outline_area",
    ("Perimeter",): "outline_length",
    ("Centroid", "x"): "outline_x",
    ("Centroid", "y"): "outline_y",
    ("Elongation",): "elongation",
    ("Convexity",): "convexity",
    ("Solidity",): "outline_solidity",
    ("Rectangularity",): "rectangularity",
    ("Circularity",): "outline_circularity",
    ("Eccentricity",): "outline_eccentricity",
}
"""Path of a value of the worker blob_metrics -> measurement."""
INTENSITIES: dict[tuple[str, ...], str] = {
    ("MeanIntensity",): "mean",
    ("MaxIntensity",): "max",
    ("MinIntensity",): "min",
    ("MedianIntensity",): "median",
    ("25thPercentileIntensity",): "percentile 25",
    ("75thPercentileIntensity",): "percentile 75",
    ("TotalIntensity",): "sum",
}
"""Path of a value of the worker blob_intensity -> measurement, of the channel that was chosen.
Values of several planes are one level deeper, and none of these."""
WORKERS: dict[str, dict[tuple[str, ...], str]] = {"blob_metrics": METRICS, "blob_intensity": INTENSITIES}
_SIZED = {"outline_area", "outline_length", "outline_x", "outline_y"}
"""Measurements that are in pixels here, and may be in other units there."""


def with_measurements(tables: Mapping[str, Table], properties: Sequence[Property], described: Collection[str], channels: Any) -> dict[str, Table]:
    """Tables with the measurements of their columns, but for those that the file describes itself.

    Parameters
    ----------
    tables
        Of one image set.
    properties
        Definitions.
    described
        Names of tables of which the file says what their columns are.
    channels
        Names of the channels of the image set, if the file states them.
    """
    names = [name if isinstance(name, str) else None for name in channels] if isinstance(channels, list) else []
    known: dict[str | None, Property] = {one.id: one for one in properties if _worker(one) in WORKERS}
    if not known:
        return dict(tables)
    found = {}
    for name, table in tables.items():
        columns = tuple(column if name in described else _known(column, known.get(column.property), names) for column in table.columns)
        found[name] = table if columns == table.columns else replace(table, columns=columns)
    return found


def _worker(one: Property) -> str:
    """``properties/blob_metrics:latest`` is made by ``blob_metrics``."""
    return one.kind.rpartition("/")[2].partition(":")[0]


def _known(column: Column, one: Property | None, channels: Sequence[str | None]) -> Column:
    if one is None or column.type not in ("number", "integer"):
        return column
    measurement = WORKERS[_worker(one)].get(column.path)
    chosen = _interface(one)
    if measurement is None or (measurement in _SIZED and _physical(chosen)):
        return column
    if measurement not in INTENSITIES.values():
        return replace(column, measurement=measurement)
    channel = next((value for key, value in chosen.items() if key.strip().lower() == "channel"), None)
    if not isinstance(channel, int) or isinstance(channel, bool) or channel < 0:
        return replace(column, measurement=measurement)
    name = channels[channel] if channel < len(channels) else None
    return replace(column, measurement=measurement, channel=name or str(channel))


def _interface(one: Property) -> dict[str, Any]:
    found: Any = object_of(one.settings).get("workerInterface")
    return found if isinstance(found, dict) else {}


def _physical(chosen: dict[str, Any]) -> bool:
    """Whether the worker was told to measure in physical units."""
    return any("physical" in key.lower() and value is True for key, value in chosen.items())
