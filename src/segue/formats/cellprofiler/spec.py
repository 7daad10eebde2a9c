"""The record of CellProfiler's tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import SHAPE_FEATURES, Feature

_COLUMN = "in columns Metadata_Object_..., where CellProfiler's own do not say it"
_CENTRE = "only its centre is kept, as Location_Center_X and _Y (a point of the role centre)"

FORMAT = Format(
    name="cellprofiler",
    title="CellProfiler tables",
    suffixes=("-cellprofiler",),
    summary="the folder of ExportToSpreadsheet: a table of images, one per type of objects, and relationships; label images beside them are taken along",
    specification=Reference("CellProfiler source: modules/exporttospreadsheet.py (BSD-3)", "5 (2026-04)", "2026-11-21"),
    detect="segue.formats.cellprofiler.detect:detect",
    reader="segue.formats.cellprofiler.read:read",
    fit="segue.formats.cellprofiler.fit:fit",
    writer="segue.formats.cellprofiler.write:write",
    read_options="segue.formats.cellprofiler.options:ReadOptions",
    write_options="segue.formats.cellprofiler.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    folder=True,
    many=True,
    identity="ObjectNumber is the label; other labels, ids and names are in columns Metadata_Object_...",
    opened_by=("pycytominer, cytotable and CellProfiler's other tools in Python", "R, KNIME and spreadsheets, as tables"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact("places in the group come back in the order of the names of the axes", limit=Limit(choices=("name", "group"))),
        Feature.GRID_SIZE: exact("the numbers of time points and z planes are lost", limit=Limit(axes="yx")),
        Feature.OBJECTS: exact(),
        Feature.OBJECT_ORDER: approximate("objects are grouped by layer, one table for each"),
        Feature.OBJECT_ID: exact(_COLUMN),
        Feature.OBJECT_LABEL: exact(_COLUMN),
        Feature.LAYER: exact(_COLUMN),
        Feature.OBJECT_TIME: exact(_COLUMN),
        Feature.TRACK: exact("as TrackObjects_Label"),
        Feature.OBJECT_NAME: exact(_COLUMN),
        **dict.fromkeys([one for one in SHAPE_FEATURES if one not in (Feature.TEXT, Feature.IMAGE_SHAPE)], approximate(_CENTRE)),
        Feature.SHAPE_ROLE: approximate("points have the role centre"),
        Feature.CONNECTIONS: approximate("kinds and objects are kept; ids, tags, and the names of all but links are lost"),
        Feature.VALUES: approximate(
            "about objects and image sets, a table for each type of objects; texts that look like numbers become numbers, truth values 1 and 0, "
            "absolute paths are left out"
        ),
        Feature.COLUMNS: approximate("channels are told from the names of columns"),
        Feature.POPULATIONS: approximate("as columns Classify_NAME of 0 and 1"),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects"),
        Feature.EXTRAS: approximate("what CellProfiler says about the experiment, not what other formats added"),
    },
)
