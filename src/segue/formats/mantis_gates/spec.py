"""The record of Mantis Viewer's gates CSV."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-gates",
    title="Mantis Viewer gates (CSV)",
    suffixes=("_gates.csv",),
    summary="gates as ranges of features: feature, lowest and highest value, name of the gate",
    specification=Reference("Mantis Viewer: gates CSV, read only; segue writes it, too", "1.2.4-alpha.3 (54afc51)", "2026-11-21"),
    detect="segue.formats.mantis_gates.detect:detect",
    reader="segue.formats.mantis_gates.read:read",
    fit="segue.formats.mantis_gates.fit:fit",
    writer="segue.formats.mantis_gates.write:write",
    accepts=frozenset({Accepts.TABLE, Accepts.SHAPES, Accepts.LABELS}),
    enabled_by="export gates",
    identity="no objects: a gate selects anew in every image",
    opened_by=("Mantis Viewer (File > Import > Gates)", "every spreadsheet"),
    keeps={
        Feature.IMAGE_SETS: approximate("gates hold for every image set, so none is named"),
        Feature.POPULATIONS: approximate("gates of ranges, by their names; levels are joined by colons; empty and repeated names are changed"),
        Feature.POPULATION_SETTINGS: approximate("all are gates, and known by their names"),
        Feature.RULES: approximate("ranges that all have to hold; those of parent gates are written with them, several of one feature as the one they share"),
    },
)
