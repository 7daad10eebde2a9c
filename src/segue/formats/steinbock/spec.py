"""The record of steinbock's folders."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="steinbock",
    title="steinbock folder",
    suffixes=(".steinbock",),
    summary="the working folder of steinbock for multiplexed imaging: masks, intensities, region properties, neighbours, panel",
    specification=Reference("steinbock: docs/file-types.md, steinbock/io.py", "0.16 (049d209e)", "2026-11-21"),
    detect="segue.formats.steinbock.detect:detect",
    reader="segue.formats.steinbock.read:read",
    fit="segue.formats.steinbock.fit:fit",
    writer="segue.formats.steinbock.write:write",
    accepts=frozenset({Accepts.LABELS, Accepts.TABLE}),
    folder=True,
    many=True,
    identity="Object is the number in the mask; ids and names have no place",
    opened_by=("steinbock", "R (imcRtools, cytomapper: read_steinbock)", "napari (masks)", "every spreadsheet"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("width and height of one plane; z planes and time points are lost", limit=Limit(axes="yx")),
        Feature.LABELS: exact(
            "one mask of one plane, of labels up to 4,294,967,295; others are lost", limit=Limit(at_most=1, axes="yx", lowest=0, highest=2**32 - 1)
        ),
        Feature.OBJECTS: approximate("by their numbers"),
        Feature.OBJECT_LABEL: approximate("objects without a label get the next free numbers"),
        Feature.CONNECTIONS: approximate("links and touches, as neighbours: pairs of objects; those with a distance are links, those without touch"),
        Feature.VALUES: approximate(
            "numbers of objects come back exactly, a folder per table, and the Distance of neighbours; texts that look like numbers become numbers"
        ),
        Feature.COLUMNS: approximate("channels of the table intensities; units and other facts have no place"),
        Feature.EXTRAS: approximate("the panel, one for all images; not what other formats added"),
    },
)
