"""The record of Mantis Viewer's statistics."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-statistics",
    title="Mantis Viewer segment statistics",
    suffixes=(".csv",),
    summary="what Mantis Viewer exports of segments: a row per Segment ID, features, centroids and the names of populations",
    specification=Reference("CANDELbio/mantis-viewer: export of segment features, with csv-stringify 5.3.6", "1.0 to 1.2.4 (ea0e92a)", "2026-11-21"),
    detect="segue.formats.mantis_statistics.detect:detect",
    reader="segue.formats.mantis_statistics.read:read",
    fit="segue.formats.mantis_statistics.fit:fit",
    writer="segue.formats.mantis_statistics.write:write",
    write_options="segue.formats.mantis_statistics.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    enabled_by="export statistics",
    identity="Segment ID is the label number; ids and names have no place",
    opened_by=("Mantis Viewer (as segment features)", "R", "every spreadsheet"),
    keeps={
        Feature.OBJECTS: exact("one position per object; an object without a label has no row", limit=Limit(at_most=1)),
        Feature.OBJECT_LABEL: exact("an object without a label has no row", limit=Limit(choices=("always",))),
        Feature.POINT: approximate("the pixel of the centroid, its fraction cut off; it comes back as the middle of that pixel"),
        Feature.VALUES: approximate("numbers, all of double precision, in one table, sorted by name; truth values become 1 and 0, texts have no place"),
        Feature.COLUMNS: approximate("the measurement and the channel that a heading of Mantis Viewer names; units have no place"),
        Feature.POPULATIONS: approximate("by their names, levels joined by colons, those that have members; a comma in a name parts it when it is read"),
        Feature.MEMBERSHIP: approximate("names are in the order of the list of populations, members in that of the labels"),
    },
)
