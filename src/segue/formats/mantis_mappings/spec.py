"""The record of Mantis Viewer's channel marker mappings."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-mappings",
    title="Mantis Viewer channel marker mappings (CSV)",
    suffixes=("_mappings.csv",),
    summary="presets of display: which marker is shown in which channel and colour",
    specification=Reference("Mantis Viewer: channel marker mappings CSV", "1.2.4-alpha.3 (54afc51)", "2026-11-21"),
    detect="segue.formats.mantis_mappings.detect:detect",
    reader="segue.formats.mantis_mappings.read:read",
    fit="segue.formats.mantis_mappings.fit:fit",
    writer="segue.formats.mantis_mappings.write:write",
    accepts=frozenset({Accepts.TABLE, Accepts.SHAPES, Accepts.LABELS}),
    enabled_by="export mappings",
    identity="no objects: presets hold for every image",
    opened_by=("Mantis Viewer (File > Import > Channel Marker Mappings)", "every spreadsheet"),
    keeps={
        Feature.IMAGE_SETS: approximate("mappings hold for every image set, so none is named"),
        Feature.DISPLAY: approximate("presets with up to seven channels: markers and opaque colours; limits, what is hidden and all else have no place"),
        Feature.STUDY_EXTRAS: approximate("the slots of Mantis (rChannel, ...), where the colours do not say them"),
    },
)
