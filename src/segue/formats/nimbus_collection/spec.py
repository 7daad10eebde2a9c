"""The record of configurations of collections."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate
from segue.model.features import Feature

FORMAT = Format(
    name="nimbus-collection",
    title="NimbusImage collection configuration",
    suffixes=("_config.json", ".collection.json"),
    summary="how the datasets of a collection are looked at (layers with channels, colours and contrast), and the size of a pixel",
    specification=Reference("NimbusImage's source: collections and their configuration (facts only)", "818835ac (2026-08-07)", "2026-11-21"),
    detect="segue.formats.nimbus_collection.detect:detect",
    reader="segue.formats.nimbus_collection.read:read",
    fit="segue.formats.nimbus_collection.write:fit",
    writer="segue.formats.nimbus_collection.write:write",
    accepts=frozenset({Accepts.TABLE}),
    identity="no objects: a configuration holds for every dataset",
    opened_by=("NimbusImage",),
    keeps={
        Feature.PIXEL_SIZE: approximate("one size for x and y, of z and of t, in nm, um, mm or m, and ms, s, min, h or d"),
        Feature.DISPLAY: approximate("the first preset: channels with colours (opaque), visibility, and limits where both are stated"),
        Feature.STUDY_EXTRAS: approximate("further members of NimbusImage's configurations, not what other formats added"),
    },
)
