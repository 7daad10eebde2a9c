"""The record of ilastik's tracking tables."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="ilastik-tracking",
    title="ilastik tracking table",
    suffixes=(".csv",),
    summary="objects with their tracks, lineages, divisions and features from ilastik's tracking (plugin CSV-Table), by frame and label",
    specification=Reference("ilastik: plugins_default/tracking_csv_export.py", "102f1325 (2026)", "2026-11-21"),
    detect="segue.formats.ilastik_tracking.detect:detect",
    reader="segue.formats.ilastik_tracking.read:read",
    read_options="segue.formats.ilastik_tracking.options:ReadOptions",
    identity="labelimageId is the label, restarted in each frame; trackId is the track",
    opened_by=("every spreadsheet",),
)
