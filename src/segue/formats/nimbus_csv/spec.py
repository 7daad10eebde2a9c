"""The record of NimbusImage's tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.nimbus_files.tables.keeps import KEEPS

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
    keeps=KEEPS,
)
