"""The columns that gates are about: values of objects, by name, whatever table they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np

from segue.errors import UsageError
from segue.model.rings import Floats
from segue.model.study import ImageSet

NUMBERS = ("number", "integer", "boolean")
MOST = 12
"""Channels that an error names."""


def tables_of(s: ImageSet, name: str) -> list[tuple[str, str]]:
    """(table, column) for every column about objects of that name; ``TABLE/COLUMN`` names one that is in several."""
    known = [(table, column.name) for table, one in s.tables.items() if one.about == "objects" for column in one.columns]
    return [one for one in known if one[1] == name] or [one for one in known if "/".join(one) == name]


@dataclass
class Columns:
    """Values of the objects of an image set; each column is looked up once."""

    s: ImageSet
    _known: dict[str, Floats] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Floats:
        """(objects,) The values of a column; NaN where there is none.

        Raises
        ------
        UsageError
            No table about objects has it, several have, or it is text.
        """
        if name not in self._known:
            self._known[name] = _values(self.s, *_only(self.s, name))
        return self._known[name]


def _only(s: ImageSet, name: str) -> tuple[str, str]:
    found = tables_of(s, name)
    where = f" of {s.name!r}" if s.name else ""
    if not found:
        known = [column.name for one in s.tables.values() if one.about == "objects" for column in one.columns]
        near = get_close_matches(name, known, 3, 0.5) or known[:8]
        hint = f"there are: {', '.join(map(repr, near))}" if known else "nothing was measured yet (segue measure)"
        raise UsageError(f"no table{where} has a column {name!r}; {hint}{_measurable(s)}", column=name)
    if len(found) > 1:
        names = " or ".join(repr(f"{table}/{column}") for table, column in found)
        raise UsageError(f"the column {name!r} is in {len(found)} tables{where}; say which one: {names}", column=name)
    return found[0]


def _measurable(s: ImageSet) -> str:
    """What the names of columns are made of that are measured when a gate asks for them."""
    channels = [channel for image in s.images for channel in image.channels]
    if not s.labels or not channels:
        return ""
    more = f" and {len(channels) - MOST} more" if len(channels) > MOST else ""
    return f". What is not there is measured: 'CHANNEL mean' and the like, of the channels {', '.join(map(repr, channels[:MOST]))}{more}"


def _values(s: ImageSet, table: str, name: str) -> Floats:
    held = s.tables[table]
    column = next(one for one in held.columns if one.name == name)
    if column.type not in NUMBERS:
        raise UsageError(f"the column {name!r} holds {column.type}, not numbers, so no gate can be set on it", column=name)
    values = np.full(len(s.objects), np.nan)
    values[held.frame["row"].to_numpy()] = held.frame.get_column(name).cast(float).fill_null(float("nan")).to_numpy()
    return values
