"""ImageJ's headings: their order, and which measurements they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from segue.measure.presets import IMAGEJ
from segue.model.tables import Column

LABEL, FRAME = "Label", "Frame"
NUMBER = " "
"""The heading of the numbers of the rows."""
X, Y = "X", "Y"
AREA, DENSITIES = "Area", ("IntDen", "RawIntDen")
_MEASURED = {one.name: one.measurement for one in IMAGEJ.headings}
_NAMES = {measurement: name for name, measurement in _MEASURED.items()}
ORDER = (
    *(name for name in _MEASURED if name not in ("FeretX", "FeretY", "FeretAngle", "MinFeret", "AR", "Round", "Solidity")),
    *("Ch", "Slice", FRAME),
    *("FeretX", "FeretY", "FeretAngle", "MinFeret", "AR", "Round", "Solidity", "MinThr", "MaxThr"),
)
"""ImageJ's own columns, in the order in which they stand whatever was measured first."""
TELLING = frozenset(ORDER) - {"Area", "Mean", "Min", "Max", "X", "Y", "Width", "Height", "Angle", "Median", "Mode", "Round", "Slice", "Frame", "Ch"}
"""Headings that no other program is likely to use."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


def measurement_of(heading: str) -> str | None:
    """The measurement of the catalogue that a heading stands for."""
    return _MEASURED.get(heading)


def headings(columns: Sequence[Column]) -> list[str]:
    """What the columns are called: by ImageJ's names where one column alone holds a measurement, else by their own."""
    count = Counter(column.measurement for column in columns)
    own = {column.name for column in columns if _name(column, count) is None}
    found = []
    for column in columns:
        name = _name(column, count)
        found.append(column.name if name is None or name in own else name)
    return found


def _name(column: Column, count: Counter[str | None]) -> str | None:
    known = _NAMES.get(column.measurement or "")
    return known if known is not None and count[column.measurement] == 1 and column.type in ("number", "integer") else None


def place(heading: str) -> int:
    """Where a column stands: ImageJ's own first, in its order, then all others in theirs."""
    return ORDER.index(heading) if heading in ORDER else len(ORDER)


def one_line(text: str) -> str:
    """A text without control characters and line breaks, and with quotes that no reader takes for its own."""
    return _CONTROL.sub(" ", text.replace('"', "'"))
