"""Writing a study as events."""

from __future__ import annotations

from typing import cast

from segue.codecs.fcs_write import Named, write_fcs
from segue.formats.fcs import mantis
from segue.formats.fcs.facts import KEYWORD, encode
from segue.formats.fcs.flat import flat
from segue.formats.fcs.names import OURS, sample, shown
from segue.formats.fcs.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study as FCS 3.1, or as Mantis Viewer does.

    Memory: the events in single precision, once.

    Raises
    ------
    Incompatible
        The keywords would be larger than FCS allows.
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    if chosen.dialect == "mantis":
        with sink.open() as file:
            mantis.write(file, mantis.flat(study, chosen), _named(study, chosen))
        return
    events = flat(study, chosen)
    words = {"$CYT": OURS[0], "$FIL": sink.name} | _named(study, chosen) | ({} if events.facts is None else {KEYWORD: encode(events.facts)})
    with sink.open() as file:
        write_fcs(file, [Named(name, shown(stain)) for name, stain in zip(events.names, events.stains, strict=True)], events.columns, words)


def _named(study: Study, options: WriteOptions) -> dict[str, str]:
    """What the events are, in the keywords that flow cytometry has for it: of which sample, and which cells."""
    stated = {"$SMNO": sample([options.sample] if options.sample else [s.name for s in study.image_sets]), "$CELLS": shown(options.population or "")}
    return {key: value for key, value in stated.items() if value}
