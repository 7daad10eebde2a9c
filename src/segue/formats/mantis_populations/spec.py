"""The record of Mantis Viewer's population CSV."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-populations",
    title="Mantis Viewer populations (CSV)",
    suffixes=("_populations.csv",),
    summary="the segments of populations by number, for one image or for a project, with colours",
    specification=Reference("Mantis Viewer: population CSV, read and written", "1.2.4-alpha.3 (54afc51)", "2026-11-21"),
    detect="segue.formats.mantis_populations.detect:detect",
    reader="segue.formats.mantis_populations.read:read",
    fit="segue.formats.mantis_populations.fit:fit",
    writer="segue.formats.mantis_populations.write:write",
    read_options="segue.formats.mantis_populations.options:ReadOptions",
    write_options="segue.formats.mantis_populations.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    enabled_by="export populations csv",
    identity="the label number of a segment is all that names it",
    opened_by=("Mantis Viewer (File > Import > Populations)", "every spreadsheet"),
    keeps={
        Feature.IMAGE_SETS: approximate("those with members, in a file for a project"),
        Feature.IMAGE_SET_NAME: approximate("in a file for a project; empty ones get a number, repeated ones too"),
        Feature.OBJECTS: approximate("the members of populations, by label number; regions and drawings have no place"),
        Feature.OBJECT_LABEL: exact("objects without a label get the next free numbers; 0 is background", limit=Limit(lowest=1, choices=("always",))),
        Feature.POPULATIONS: approximate("those that have members, by their names; levels are joined by colons; empty and repeated names are changed"),
        Feature.POPULATION_COLOUR: exact("without transparency", limit=Limit(choices=("opaque",))),
        Feature.MEMBERSHIP: approximate("in their order; the populations of an object are in the order of the list; not the labels they were made on"),
    },
)
