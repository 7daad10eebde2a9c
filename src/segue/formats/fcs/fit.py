"""What FCS can hold of a study: what reading the events that would be written gives."""

from __future__ import annotations

from typing import cast

from segue.formats.fcs import mantis
from segue.formats.fcs.assemble import image_sets, named
from segue.formats.fcs.events import Events
from segue.formats.fcs.facts import decode, encode
from segue.formats.fcs.flat import flat
from segue.formats.fcs.options import ReadOptions, WriteOptions
from segue.formats.fcs.spec import FORMAT
from segue.formats.fcs.take_apart import by_facts, by_names
from segue.formats.options import Options
from segue.formats.value_files import with_centres
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Objects with one point each, values of single precision, populations with their members.

    Raises
    ------
    Incompatible
        Mantis Viewer's dialect has no place for it.
    """
    chosen = cast("WriteOptions", options)
    kept = keep(study.map(with_centres), set(FORMAT.keeps))
    return as_read(mantis.flat(kept, chosen) if chosen.dialect == "mantis" else flat(kept, chosen))


def as_read(events: Events) -> Study:
    """The events as they come back from a file."""
    if events.facts is None:
        parts = by_names(events, ReadOptions(), [])
        return Study(tuple(image_sets(parts, named(events.sample), len(events), [])))
    known, count = decode(encode(events.facts)), len(events)
    parts = by_facts(events, known, [], forget=True)
    return Study(tuple(image_sets(parts, known.images, count, [])) if known.images else (), known.populations)
