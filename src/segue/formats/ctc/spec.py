"""The record of folders of the Cell Tracking Challenge."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

HIGHEST = 65_535

FORMAT = Format(
    name="ctc",
    title="Cell Tracking Challenge",
    suffixes=(".ctc",),
    summary="a folder with a 16-bit mask for each frame, labels that are tracks, and when each lives and its parent in res_track.txt or man_track.txt",
    specification=Reference("Cell Tracking Challenge, naming and file content conventions; checks of py-ctcmetrics", "2023-06", "2026-11-21"),
    detect="segue.formats.ctc.detect:detect",
    reader="segue.formats.ctc.read:read",
    fit="segue.formats.ctc.fit:fit",
    writer="segue.formats.ctc.write:write",
    read_options="segue.formats.ctc.options:ReadOptions",
    write_options="segue.formats.ctc.options:WriteOptions",
    accepts=frozenset({Accepts.LABELS}),
    folder=True,
    written_as="_RES",
    identity="the number in the masks is the track; an object is a track at a time point",
    opened_by=(
        "evaluation software of the Cell Tracking Challenge",
        "py-ctcmetrics",
        "TrackMate",
        "ilastik",
        "Trackastra, Ultrack and other trackers",
        "napari",
    ),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes that the masks do not have are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.LABELS: exact(
            "one label image, numbers up to 65,535; the labels become the numbers of tracks: labels that restart in each frame are numbered anew, "
            "and where a track has a gap or divides, what follows has another number",
            limit=Limit(at_most=1, lowest=1, highest=HIGHEST),
        ),
        Feature.LABEL_TIME: approximate("a label means the same at every time point"),
        Feature.OBJECTS: approximate("what is in the masks, one object for each track and time point"),
        Feature.OBJECT_LABEL: approximate("the number of the track"),
        Feature.OBJECT_TIME: approximate("the frame of the mask"),
        Feature.TRACK: approximate("a number from 1 to 65,535; one track for each piece without a gap or division"),
        Feature.CONNECTIONS: approximate(
            "one parent for each track, in an earlier frame, of the kind track; links within a track are said by its number; "
            "merges, ids, labels and tags cannot be said"
        ),
    },
)
KEPT = frozenset({Feature.IMAGE_SET_NAME, Feature.PIXEL_SIZE, Feature.ORIGIN, Feature.GRID_SIZE, Feature.LABELS})
