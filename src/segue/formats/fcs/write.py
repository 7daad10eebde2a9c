"""Writing a study as events."""

from __future__ import annotations

from typing import cast

from segue.codecs.fcs_write import Named, write_fcs
from segue.formats.fcs import mantis
from segue.formats.fcs.facts import KEYWORD, encode
from segue.formats.fcs.flat import flat
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
            mantis.write(file, mantis.flat(study, chosen))
        return
    events = flat(study, chosen)
    words = {"$CYT": "segue", "$FIL": sink.name} | ({} if events.facts is None else {KEYWORD: encode(events.facts)})
    with sink.open() as file:
        write_fcs(file, [Named(name, _shown(stain)) for name, stain in zip(events.names, events.stains, strict=True)], events.columns, words)


def _shown(text: str) -> str:
    """A name as ``$PnS``: in one line, whatever is in it; the keyword SEGUE has it exactly."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
