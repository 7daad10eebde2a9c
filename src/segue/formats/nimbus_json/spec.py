"""The record of NimbusImage's JSON."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.nimbus_files.keeps import KEEPS

FORMAT = Format(
    name="nimbus-json",
    title="NimbusImage JSON",
    suffixes=(".json", ".nimbus.json"),
    summary="annotations with tags, connections, properties and their values, as NimbusImage exports and imports them",
    specification=Reference("NimbusImage's source: export, import and schemas of its annotation plugin (facts only)", "818835ac (2026-08-07)", "2026-11-21"),
    detect="segue.formats.nimbus_json.detect:detect",
    reader="segue.formats.nimbus_json.read:read",
    fit="segue.formats.nimbus_json.fit:fit",
    writer="segue.formats.nimbus_json.write:write",
    read_options="segue.formats.nimbus_json.options:ReadOptions",
    write_options="segue.formats.nimbus_json.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    many=True,
    identity="the id of an object is the _id of its annotation; the label, and an id that another image set uses or that is empty, stand in the member segue",
    opened_by=("NimbusImage", "nimbusimage (Python)"),
    keeps=KEEPS,
)
