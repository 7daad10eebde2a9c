"""Headings: which measurement they stand for, and in which order they stand."""

from __future__ import annotations

from segue.measure.preset import CHANNEL
from segue.measure.presets import MANTIS
from segue.model.tables import Column

_MEASURED = {one.name: one.measurement for one in MANTIS.headings if CHANNEL not in one.name}
_ENDINGS = {one.name.removeprefix(CHANNEL): one.measurement for one in MANTIS.headings if CHANNEL in one.name}


def described(heading: str) -> Column:
    """What a column means, as Mantis Viewer 1.1 and later call what they compute: ``cd3 Mean`` is the mean of the channel cd3."""
    if heading in _MEASURED:
        return Column(heading, measurement=_MEASURED[heading])
    for ending, measurement in _ENDINGS.items():
        if heading.endswith(ending) and len(heading) > len(ending):
            return Column(heading, measurement=measurement, channel=heading.removesuffix(ending))
    return Column(heading)


def in_bytes(heading: str) -> bytes:
    """The order of SQLite, in which Mantis Viewer 1.1 and later keep features."""
    return heading.encode("utf-8", "surrogatepass")


def in_utf16(heading: str) -> bytes:
    """The order of JavaScript, in which Mantis Viewer 1.0 sorts the names of markers."""
    return heading.encode("utf-16-be", "surrogatepass")
