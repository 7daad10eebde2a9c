"""The record of NimbusImage's archives."""

from __future__ import annotations

from dataclasses import replace

from segue.formats.format import Accepts, Format, Kept, Reference, exact
from segue.formats.nimbus_files.keeps import KEEPS
from segue.formats.nimbus_files.tables.keeps import KEEPS as TABLES
from segue.model.features import Feature

_HERE = {
    Feature.IMAGE_SET_NAME: "that of its dataset: the name of the file, or what the column Dataset says",
    Feature.OBJECTS: "all of them, each at a time point",
    Feature.OBJECT_ORDER: "their order",
    Feature.TRACK: "",
    Feature.CONNECTIONS: "",
}
"""What is otherwise than in a table alone, which may also be one of connections or tracks; empty = no place for it."""


def _either(feature: Feature, json: Kept) -> Kept:
    """What becomes of a feature in JSON, and in a table."""
    table = _HERE.get(feature, TABLES[feature].how if feature in TABLES else "")
    return replace(json, how=f"JSON: {json.how or 'as it is'}; CSV: {table or 'no place for it'}")


FORMAT = Format(
    name="nimbus-bundle",
    title="NimbusImage archive",
    suffixes=(".nimbus.zip",),
    summary="the annotations of all datasets of a collection in one ZIP file, as NimbusImage exports them: DATASET.json or .csv each, or one CSV about all",
    specification=Reference("NimbusImage's source: export of all datasets of a collection (facts only)", "818835ac (2026-08-07)", "2026-11-21"),
    detect="segue.formats.nimbus_bundle.detect:detect",
    reader="segue.formats.nimbus_bundle.read:read",
    fit="segue.formats.nimbus_bundle.fit:fit",
    writer="segue.formats.nimbus_bundle.write:write",
    read_options="segue.formats.nimbus_bundle.options:ReadOptions",
    write_options="segue.formats.nimbus_bundle.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    many=True,
    identity="as in the JSON, or the table, of one dataset",
    opened_by=("NimbusImage, file by file", "every program that reads ZIP and JSON"),
    keeps={
        **{feature: _either(feature, kept) for feature, kept in KEEPS.items()},
        Feature.IMAGE_SETS: exact("those of one group are the stage positions of one dataset, and stand together; each other is a dataset"),
    },
)
