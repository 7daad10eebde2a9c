"""What happened to pixels and to what is known about them, as notes."""

from __future__ import annotations

from collections.abc import Iterator

from segue.formats.format import Format
from segue.model.features import Feature
from segue.notes import Kind, Note, Notes
from segue.transform.tally import Tally
from segue.workflow.exporting.outcome import Outcome
from segue.workflow.exporting.source import Chosen


def tally_notes(tally: Tally, made: Outcome, where: str) -> Notes:
    """The counts of pixels that a change of values altered.

    What was asked for with a range is done; what nobody asked for is a change.
    """
    change = made.pixels.change
    scaled = change.renormalise is not None
    limits = f"{change.renormalise.low:g}:{change.renormalise.high:g}" if change.renormalise is not None else f"what {made.dtype.name} holds"
    found = [
        (tally.clipped, Kind.CHANGED, f"{{count pixel}} clipped to {limits}"),
        (tally.rounded, Kind.DONE if scaled else Kind.CHANGED, f"{{count pixel}} rounded to values of {made.dtype.name}"),
        (tally.missing, Kind.CHANGED, f"{{count pixel}} not a number (NaN), now 0: {made.dtype.name} has no NaN"),
    ]
    return Notes(tuple(Note(kind, what, where=where, count=count) for count, kind, what in found if count))


def lost_metadata(made: Outcome, picture: Chosen, record: Format, where: str) -> Notes:
    """What the source says about its pixels and has no place in the format."""
    known = list(_known(made, picture))
    return Notes(tuple(Note(Kind.LOST, f"{record.title} has no place for it", feature, where) for feature in known if feature not in record.keeps))


def _known(made: Outcome, picture: Chosen) -> Iterator[Feature]:
    image, grid = made.image_set.images[0], made.image_set.grid
    if any(axis.scale is not None for axis in grid.axes):
        yield Feature.PIXEL_SIZE
    if any(axis.translation for axis in grid.axes):
        yield Feature.ORIGIN
    if image.channels:
        yield Feature.CHANNEL_NAMES
    if picture.data_range is not None:
        yield Feature.DATA_RANGE
    if image.inverted:
        yield Feature.INVERTED
