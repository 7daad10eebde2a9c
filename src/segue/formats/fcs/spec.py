"""The record of FCS."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_MOST = 2**24
_WHOLE = "whole numbers beyond 16,777,216 have no place in single precision"

FORMAT = Format(
    name="fcs",
    title="Flow cytometry (FCS)",
    suffixes=(".fcs",),
    summary="objects as events: values, positions, populations and labels as channels, for FlowJo and other flow cytometry programs",
    specification=Reference("Data File Standard for Flow Cytometry (ISAC), Spidlen et al., Cytometry A 77A:97", "FCS 3.1; read 2.0 to 3.2", "2026-11-21"),
    detect="segue.formats.fcs.detect:detect",
    reader="segue.formats.fcs.read:read",
    fit="segue.formats.fcs.fit:fit",
    writer="segue.formats.fcs.write:write",
    read_options="segue.formats.fcs.options:ReadOptions",
    write_options="segue.formats.fcs.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    identity="the channels label (and label_high beyond 16,777,215) and image_index; texts by numbers that the keyword SEGUE explains",
    opened_by=("FlowJo, FCS Express, Cytobank, OMIQ", "R (flowCore)", "Python (FlowKit, FlowIO, readfcs)"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact(),
        Feature.GRID_SIZE: exact(),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact(),
        Feature.OBJECTS: exact("one position per object", limit=Limit(at_most=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact("ids, names, layers and texts together up to 4 MB of keywords; others become those of the labels", limit=Limit()),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact("as ids", limit=Limit()),
        Feature.OBJECT_TIME: exact(_WHOLE, limit=Limit(lowest=0, highest=_MOST)),
        Feature.TRACK: exact(_WHOLE, limit=Limit(lowest=0, highest=_MOST)),
        Feature.OBJECT_NAME: exact("as ids", limit=Limit()),
        Feature.POINT: exact("single precision, seven digits; -1, -1 means no position", limit=Limit(grid=1 / 128, lowest=0, highest=65536)),
        Feature.SHAPE_PLANE: exact(_WHOLE, limit=Limit(lowest=0, highest=_MOST, choices=("z",))),
        Feature.VALUES: approximate(
            "of objects, in single precision (seven digits); missing, undefined and infinite numbers are written as 0, --set nan=keep keeps them as NaN"
        ),
        Feature.COLUMNS: exact("in the keyword SEGUE", limit=Limit()),
        Feature.POPULATIONS: exact("in the keyword SEGUE; the dialect of Mantis Viewer has no place for them", limit=Limit()),
        Feature.POPULATION_COLOUR: exact(),
        Feature.POPULATION_SETTINGS: exact(),
        Feature.MEMBERSHIP: approximate("as channels of 0 and 1, for up to 1,000 populations; members are listed in the order of the objects"),
    },
)
