"""The record of Mantis Viewer's feature CSV."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-features",
    title="Mantis Viewer segment features (CSV)",
    suffixes=("_features.csv",),
    summary="values of segments by number, for one image or for a project, as Mantis imports them",
    specification=Reference("Mantis Viewer: segment feature CSV", "1.2.4-alpha.3 (54afc51)", "2026-11-21"),
    detect="segue.formats.mantis_features.detect:detect",
    reader="segue.formats.mantis_features.read:read",
    fit="segue.formats.mantis_features.fit:fit",
    writer="segue.formats.mantis_features.write:write",
    read_options="segue.formats.mantis_features.options:ReadOptions",
    write_options="segue.formats.mantis_features.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    enabled_by="export features",
    identity="the label number of a segment is all that names it",
    opened_by=("Mantis Viewer (File > Import > Segment Features)", "R, Python, every spreadsheet"),
    keeps={
        Feature.IMAGE_SETS: approximate("those with values, in a file for a project"),
        Feature.IMAGE_SET_NAME: approximate("in a file for a project; empty ones get a number, repeated ones too"),
        Feature.OBJECTS: approximate("those that have values, by label number"),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_LABEL: exact("objects without a label get the next free numbers; 0 is background", limit=Limit(lowest=1, choices=("always",))),
        Feature.VALUES: approximate("numbers, in one table; whole numbers and truth values become numbers, texts and NaN have no place"),
        Feature.COLUMNS: approximate("their names, without blanks around them; empty and repeated ones are changed"),
    },
)
