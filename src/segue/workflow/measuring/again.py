"""Columns that know what they are, and whose objects have changed since: they are measured again."""

from __future__ import annotations

from collections.abc import Sequence

from segue.measure.preset import PresetColumn
from segue.model.image import LabelImage
from segue.model.study import ImageSet
from segue.model.tables import Column
from segue.workflow.measuring.channels import Named
from segue.workflow.measuring.choice import BY_NAME, of_values
from segue.workflow.measuring.units import unit_of
from segue.workflow.measuring.values import TABLE


def stale_columns(s: ImageSet, labels: LabelImage, channels: Sequence[Named]) -> tuple[PresetColumn, ...]:
    """The columns of the table of measurements that can be made anew for a label image, if any of its rows is stale.

    A column can be if it is of this layer (or of none), in pixels, and its channel is there. Others stay, and so does their mark.
    """
    table = s.tables.get(TABLE)
    if table is None or table.about != "objects" or not len(table.stale):
        return ()
    numbers = {one.name or None: number for number, one in enumerate(channels)}
    return tuple(
        PresetColumn(one.name, one.measurement or "", numbers.get(one.channel) if of_values(one.measurement or "") else None, "plain")
        for one in table.columns
        if _known(one) and one.layer in (None, labels.name) and (not of_values(one.measurement or "") or one.channel in numbers)
    )


def _known(column: Column) -> bool:
    name = column.measurement or ""
    if name not in BY_NAME and not name.startswith("percentile "):
        return False
    return column.unit == unit_of(name, None, 2) and not (column.type == "integer" and name in ("x", "y"))
