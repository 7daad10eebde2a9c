"""Reading FCS as objects."""

from __future__ import annotations

from typing import cast

from segue.codecs.fcs_read import DataSet, data_sets
from segue.formats.fcs.assemble import image_sets
from segue.formats.fcs.events import Events
from segue.formats.fcs.facts import KEYWORD, Known, decode
from segue.formats.fcs.options import ReadOptions
from segue.formats.fcs.take_apart import by_facts, by_names
from segue.formats.options import Options
from segue.model.populations import Population
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_DESCRIBING = ("$P", "$BEGIN", "$END", "$BYTEORD", "$DATATYPE", "$MODE", "$NEXTDATA", "$TOT", "$FIL", "$CYT", KEYWORD)
"""Keywords that say how the data are laid out, or that are understood."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read every data set of a file; an event is an object, a channel is a column of values unless it says who or where the object is.

    Memory: the events once in the precision of the file and once in double precision.

    Raises
    ------
    SourceError
        It is no FCS file, damaged, or of a kind that segue cannot read.
    InvalidOption
        An option names a channel that is not there.
    """
    notes: list[Note] = []
    sets: list[ImageSet] = []
    populations: dict[str, Population] = {}
    for one in data_sets(source):
        known = _known(one, notes)
        names = [channel.name for channel in one.layout.channels]
        events = Events(names, [channel.stain for channel in one.layout.channels], one.columns())
        parts = by_names(events, cast("ReadOptions", options), notes) if known is None else by_facts(events, known, notes)
        if known is None or known.images or one.layout.events:
            sets += image_sets(parts, known.images if known is not None else {}, one.layout.events, notes)
        populations |= {} if known is None else {population.id: population for population in known.populations}
        if known is None:
            notes += _left_out(one)
    return Study(tuple(sets), tuple(populations.values())), Notes(tuple(notes)).merged()


def _known(one: DataSet, notes: list[Note]) -> Known | None:
    """What segue says about the channels; None if it did not write them."""
    text = one.words.get(KEYWORD)
    if text is None:
        return None
    try:
        return decode(text)
    except (ValueError, TypeError, RecursionError):
        notes.append(Note(Kind.REPAIRED, "what segue wrote about the channels is damaged; they are known by their names only"))
        return None


def _left_out(one: DataSet) -> list[Note]:
    """What the file says and a study has no place for."""
    amplified = [channel.name for channel in one.layout.channels if channel.amplified or channel.gain]
    notes = []
    if amplified:
        listed = ", ".join(amplified[:5])
        notes.append(Note(Kind.ASSUMED, f"numbers are taken as they stand in the file; amplification ($PnE, $PnG) is not applied to {listed}"))
    others = [key for key in one.words if not key.startswith(_DESCRIBING)]
    if others:
        notes.append(Note(Kind.SKIPPED, "{count keyword} about how the events were acquired", count=len(others)))
    return notes
