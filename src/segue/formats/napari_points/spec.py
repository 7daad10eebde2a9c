"""The record of napari's CSV of points."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import SHAPE_FEATURES, Feature

_COLUMN = "in a column of its name, which napari shows as a feature and keeps when it saves"
_CENTRE = "becomes the point at its centre; objects that have points keep only these"

FORMAT = Format(
    name="napari-points",
    title="napari points",
    suffixes=(".csv",),
    written_as="-points.csv",
    summary="the CSV file that napari saves of a points layer: points on planes with their features",
    specification=Reference("napari source: napari_builtins/io/_read.py, _write.py (BSD-3)", "0.9.2", "2026-11-21"),
    detect="segue.formats.napari_points.detect:detect",
    reader="segue.formats.napari_points.read:read",
    fit="segue.formats.napari_points.fit:fit",
    writer="segue.formats.napari_points.write:write",
    read_options="segue.formats.napari_points.options:ReadOptions",
    write_options="segue.formats.napari_points.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    identity="columns id, label, layer, name, track and role, which napari shows as features and keeps when it saves",
    opened_by=("napari (File > Open, drag and drop)", "Python, R and spreadsheets, as a table"),
    keeps={
        Feature.OBJECTS: exact("objects without a shape cannot be held", limit=Limit(lowest=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(_COLUMN),
        Feature.OBJECT_LABEL: exact(_COLUMN),
        Feature.LAYER: exact(_COLUMN),
        Feature.OBJECT_TIME: exact("as the first axis"),
        Feature.TRACK: exact(_COLUMN),
        Feature.OBJECT_NAME: exact(_COLUMN),
        Feature.SHAPE_ROLE: exact(_COLUMN),
        Feature.POPULATIONS: approximate("those with members, as a feature class; colours, kinds and rules are lost"),
        Feature.MEMBERSHIP: approximate("objects keep their first class, in the order of the objects"),
        Feature.SHAPE_PLANE: exact("napari's points have no channel", limit=Limit(choices=("z",))),
        **dict.fromkeys([one for one in SHAPE_FEATURES if one not in (Feature.TEXT, Feature.IMAGE_SHAPE)], approximate(_CENTRE)),
        Feature.MULTIPOINT: approximate("becomes several points of one object"),
        Feature.POINT: exact(
            "napari counts from the centre of the first pixel: the last bits of other fractions may differ",
            limit=Limit(grid=1 / 256, lowest=-65536, highest=65536),
        ),
        Feature.VALUES: approximate("only values about objects, in one table of features; a text that looks like a number or a truth value comes back as one"),
    },
)
