"""What the columns of a table mean, as a table of its own."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.measure.catalog import MEASUREMENTS
from segue.measure.measurement import Measurement
from segue.measure.presets import preset_of
from segue.model.study import Study
from segue.model.tables import Column
from segue.storage.sink import Sink
from segue.storage.source import split_suffix

_RECORDS = {one.name: one for one in MEASUREMENTS}
_PERCENTILE = ("value below which so many of 100 values lie; between two values in proportion", "NumPy 2")

HEAD = ("column", "type", "unit", "measurement", "formula", "source", "channel", "layer")


def dictionary_path(target: Path) -> Path:
    """Where the dictionary of an output lies: ``cells.columns.csv`` beside ``cells.fcs``."""
    return target.with_name(f"{split_suffix(target.name)[0]}.columns.csv")


def dictionary(study: Study, preset: str | None = None) -> pl.DataFrame:
    """A row per column of values, in the order of the tables: its name, type, unit, measurement, formula, source, channel and layer.

    ``formula`` is in words, where names are those of other measurements; ``source`` is the program (with its version) or paper whose numbers these
    are. A unit is empty for plain numbers, and ``value`` for what counts in the values of the image. Where the program of a preset shows a number in
    another way, the formula says so.
    """
    columns = {one.name: one for s in study.image_sets for table in s.tables.values() if table.about == "objects" for one in table.columns}
    shown = _shown(preset)
    return pl.DataFrame([_row(one, shown.get(one.measurement or "", "")) for one in columns.values()], schema=dict.fromkeys(HEAD, pl.Utf8), orient="row")


def _shown(preset: str | None) -> dict[str, str]:
    """Measurement -> how the program of a preset shows it, where that is not as it is."""
    headings = () if preset is None else preset_of(preset).headings + preset_of(preset).last
    return {one.measurement: f"; shown as {one.convention}" for one in headings if one.convention != "plain"}


def _row(column: Column, shown: str) -> tuple[str | None, ...]:
    record = _RECORDS.get(column.measurement or "")
    formula, source = (record.formula, record.source) if record else _PERCENTILE if (column.measurement or "").startswith("percentile ") else (None, None)
    formula = f"{formula}{shown}" if formula else formula
    return column.name, column.type, column.unit or _unit(record), column.measurement, formula, source, column.channel, column.layer


def _unit(record: Measurement | None) -> str | None:
    return {"value": "value", "value x pixels": "value x px"}.get(record.unit) if record else None


def write_dictionary(study: Study, preset: str | None, sink: Sink) -> None:
    """Write the dictionary of a study as CSV."""
    with sink.open() as file:
        write_delimited(file, dictionary(study, preset))
