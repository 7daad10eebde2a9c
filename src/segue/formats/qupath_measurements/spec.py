"""The record of QuPath's measurement tables."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="qupath-measurements",
    title="QuPath measurement table",
    suffixes=(".tsv", ".txt", ".csv", ".tsv.gz", ".csv.gz"),
    summary="the measurements of annotations, detections and cells that QuPath exports, by Object ID; classes become populations",
    specification=Reference("QuPath: qupath.lib.gui.measure, qupath.lib.scripting.QP", "0.7 line (e7662d89, source)", "2026-11-20"),
    detect="segue.formats.qupath_measurements.detect:detect",
    reader="segue.formats.qupath_measurements.read:read",
    read_options="segue.formats.qupath_measurements.options:ReadOptions",
    identity="Object ID, which is the id of the same object in QuPath's GeoJSON; tables of QuPath before 0.4 have none",
    opened_by=("every spreadsheet", "R and Python"),
)
