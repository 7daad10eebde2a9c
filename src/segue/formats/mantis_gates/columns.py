"""Which column is what: by names in the first row if there are any, else where Mantis looks."""

from __future__ import annotations

from dataclasses import dataclass

from segue.codecs.delimited_sniff import Cells
from segue.codecs.javascript_numbers import number

_KNOWN = {
    "feature": {"feature", "marker", "column", "channel", "parameter"},
    "low": {"min", "minimum", "low", "lowest", "from", "lower"},
    "high": {"max", "maximum", "high", "highest", "to", "upper"},
    "gate": {"gate", "gate_name", "name", "population", "population_name"},
}


@dataclass(frozen=True)
class Places:
    """Where what stands."""

    columns: dict[str, int]
    """feature, low, high, gate -> number of the column, from 0; beyond the width where there is none."""
    header: bool
    """Whether the first row holds names."""


def places(first: Cells) -> Places:
    """From the first row of a file."""
    names = ["_".join((cell or "").casefold().replace("-", " ").replace("_", " ").split()) for cell in first]
    found = {key: next((nth for nth, name in enumerate(names) if name in known), len(first)) for key, known in _KNOWN.items()}
    if all(found[key] < len(first) for key in ("feature", "low", "high")):
        return Places(found, header=True)
    return Places({key: nth for nth, key in enumerate(_KNOWN)}, header=len(first) > 2 and not _ranged(first) and number(first[0] or "") is None)


def _ranged(row: Cells) -> bool:
    return number(row[1] or "") is not None or number(row[2] or "") is not None


def fits(row: Cells) -> bool:
    """Whether a row is a range: a name and two numbers, the name of a gate perhaps."""
    if len(row) not in (3, 4) or not row[0] or number(row[0]) is not None:
        return False
    low, high = number(row[1] or ""), number(row[2] or "")
    return low is not None and high is not None and low <= high and (len(row) == 3 or number(row[3] or "") is None)
