"""The record of folders of channels."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="channel-folder",
    title="Folder of channels",
    suffixes=(".channels",),
    summary="a folder with one TIFF or PNG per channel and the segmentation beside them: image sets of Mantis Viewer, ark-analysis, MIBI; read only",
    specification=Reference("Mantis Viewer, documentation and source (image set folders, marker names)", "1.2.3", "2026-11-21"),
    detect="segue.formats.channel_folder.detect:detect",
    reader="segue.formats.channel_folder.read:read",
    read_options="segue.formats.channel_folder.options:ReadOptions",
    folder=True,
    opened_by=("Mantis Viewer", "ark-analysis", "histoCAT", "steinbock (one file per image set)"),
)
