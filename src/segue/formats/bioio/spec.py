"""The record of the microscope formats that bioio reads."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="bioio",
    title="Microscope files (bioio)",
    suffixes=(".czi", ".lif", ".nd2", ".dv", ".r3d", ".sldy", ".oib", ".oif", ".zvi", ".vsi", ".ims", ".mrc", ".emd"),
    summary="files of microscopes (Zeiss, Leica, Nikon, Olympus, DeltaVision, ...) by way of bioio and its plugins, a scene per image set; read only",
    specification=Reference("bioio, class BioImage", "3.6", "2026-11-21"),
    detect="segue.formats.bioio.detect:detect",
    reader="segue.formats.bioio.read:read",
    extra="bioio",
    opened_by=("the programs of the microscopes", "Fiji (Bio-Formats)", "QuPath", "Python (bioio)"),
)
