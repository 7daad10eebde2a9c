"""The record of NimbusImage's tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate
from segue.model.features import SHAPE_FEATURES, Feature

_SHAPE = "only which kind it is, its channel and its slice; --set columns=wkt keeps points, lines, rectangles and outlines"

FORMAT = Format(
    name="nimbus-csv",
    title="NimbusImage CSV and TSV",
    suffixes=(".csv", ".tsv"),
    summary="annotations as rows with tags, places and properties, as NimbusImage exports them; connections and tracks as rows, too",
    specification=Reference("NimbusImage's source: CSV of its server and of its browser (facts only)", "818835ac (2026-08-07)", "2026-11-21"),
    detect="segue.formats.nimbus_csv.detect:detect",
    reader="segue.formats.nimbus_csv.read:read",
    fit="segue.formats.nimbus_csv.fit:fit",
    writer="segue.formats.nimbus_csv.write:write",
    preview="segue.formats.nimbus_csv.preview:preview",
    write_options="segue.formats.nimbus_files.tables.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    many=True,
    identity="the column Id",
    opened_by=("every spreadsheet", "R", "Python"),
    implied={".tsv": {"delimiter": "tab"}},
    keeps={
        Feature.IMAGE_SETS: approximate("each is a stage position (XY); one without objects has no row"),
        Feature.IMAGE_SET_NAME: approximate("the position, not name and group"),
        Feature.OBJECTS: approximate("all of them, each at a time point; of connections only those that are connected"),
        Feature.OBJECT_ORDER: approximate("their order; of connections the order in which they are named"),
        Feature.OBJECT_ID: approximate("an id that another image set uses, too, or that is empty, is replaced"),
        Feature.OBJECT_TIME: approximate("what is at no time point is at the first"),
        Feature.OBJECT_NAME: approximate("an empty name is none"),
        Feature.TRACK: approximate("only with --set table=tracks, numbered by the connections"),
        **dict.fromkeys(SHAPE_FEATURES, approximate(_SHAPE)),
        Feature.SHAPE_PLANE: approximate("of the first shape of an object; what is on all planes is on the first"),
        Feature.CONNECTIONS: approximate("only with --set table=connections; with --set table=tracks those along the tracks"),
        Feature.VALUES: approximate("only of tables about objects; types are not stored: texts that look like numbers are numbers, NaN is missing"),
        Feature.COLUMNS: approximate("only their names, in one table"),
        Feature.POPULATIONS: approximate("as tags, those that have members; a nested name is joined with ' / ', and ', ' in a name parts it"),
        Feature.MEMBERSHIP: approximate("in the order of the objects; not the labels that they were made on"),
        Feature.PROPERTIES: approximate("only their names, in those of columns"),
        Feature.EXTRAS: approximate("shape, channel and slice of objects without a shape stand there"),
    },
)
