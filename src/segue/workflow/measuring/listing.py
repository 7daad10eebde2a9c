"""Everything that can be measured, as a table for people."""

from __future__ import annotations

from segue.measure.catalog import MEASUREMENTS
from segue.measure.presets import preset_of

Listing = tuple[list[str], list[list[str]]]


def everything() -> Listing:
    """Heads and rows: name, what there is one per, unit, dimensions, formula, source."""
    rows = [
        [one.name, "channel" if one.channels else "segment", one.unit, " ".join(f"{n}-D" for n in one.dimensions), one.formula, one.source]
        for one in MEASUREMENTS
    ]
    percentile = ["percentile N", "channel", "value", "2-D 3-D", "value below which N of 100 values lie; between two values in proportion", "NumPy 2"]
    return ["name", "one per", "unit", "dimensions", "formula", "source"], [*rows, percentile]


def of_preset(name: str) -> Listing:
    """Heads and rows: the program's column, the measurement, how it is shown.

    Raises
    ------
    InvalidOption
        There is no such preset.
    """
    preset = preset_of(name)
    rows = [[one.name, one.measurement, one.convention] for one in (*preset.headings, *preset.last)]
    return [f"column of {preset.program}", "measurement", "shown"], rows
