"""Reading FCS as objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from segue.codecs.fcs_header import is_fcs
from segue.codecs.fcs_read import DataSet, data_sets
from segue.formats.fcs import gate
from segue.formats.fcs.assemble import image_sets, named
from segue.formats.fcs.detect import TEXTS
from segue.formats.fcs.events import Events
from segue.formats.fcs.facts import KEYWORD, Known, decode
from segue.formats.fcs.names import OURS
from segue.formats.fcs.options import ReadOptions
from segue.formats.fcs.take_apart import by_facts, by_names
from segue.formats.options import Options
from segue.model.populations import Population
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_DESCRIBING = ("$P", "$BEGIN", "$END", "$BYTEORD", "$DATATYPE", "$MODE", "$NEXTDATA", "$TOT", "$FIL", "$CYT", "$SMNO", "$CELLS", KEYWORD)
"""Keywords that say how the data are laid out, or that are understood."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read every data set of a file, or the text of one; an event is an object, a channel is a column of values unless it says who or where the object is.

    Memory: the events once in the precision of the file and once in double precision.

    Raises
    ------
    SourceError
        It is no FCS file, damaged, or of a kind that segue cannot read.
    InvalidOption
        An option names a channel that is not there.
    """
    chosen = cast("ReadOptions", options)
    notes: list[Note] = []
    sets: list[ImageSet] = []
    populations: dict[str, Population] = {}
    for events, known, sample in _events(source, notes):
        with np.errstate(invalid="ignore"):  # a signalling NaN in a damaged file is no more than any other
            found, defined = _taken_apart(source, events, known, sample, chosen, notes)
        sets += found
        populations |= {population.id: population for population in defined}
    return Study(tuple(sets), tuple(populations.values())), Notes(tuple(notes)).merged()


def _events(source: Source, notes: list[Note]) -> Iterator[tuple[Events, Known | None, str]]:
    """The events of each data set, what segue says about them, and what the sample is called."""
    if not is_fcs(source.head(16)):
        from segue.formats.fcs.exported import exported_events

        if source.suffix in TEXTS:
            yield exported_events(source, notes), None, ""
            return
    for one in data_sets(source):
        known = _known(one, notes)
        names = [channel.name for channel in one.layout.channels]
        yield Events(names, [channel.stain for channel in one.layout.channels], one.columns()), known, _sample(one)
        if known is None:
            notes += _left_out(one)


def _taken_apart(
    source: Source, events: Events, known: Known | None, sample: str, options: ReadOptions, notes: list[Note]
) -> tuple[list[ImageSet], tuple[Population, ...]]:
    parts = by_names(events, options, notes) if known is None else by_facts(events, known, notes)
    images = known.images if known is not None else named(sample) if parts.image is None else {}
    defined = known.populations if known is not None else ()
    if options.population is not None:
        gate.refuse_mixed(events, parts, source.path)
        parts, images, defined = gate.gated(parts, options.population, len(events)), gate.numbered(images, sample), (gate.population(options.population),)
    if known is not None and not images and not len(events):
        return [], defined
    found = image_sets(parts, images, len(events), notes)
    if options.population is not None and parts.image is not None:
        found = [gate.by_number(s) for s in found]
    return found, defined


def _sample(one: DataSet) -> str:
    """What segue called the sample; other programs write there what they like."""
    return one.words.get("$SMNO", "").strip() if one.words.get("$CYT", "").strip() in OURS else ""


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
