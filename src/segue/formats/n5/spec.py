"""The record of N5, as ilastik writes it."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.holds import Holds
from segue.formats.ilastik_files.keeps import keeps

FORMAT = Format(
    name="n5",
    title="N5",
    suffixes=(".n5",),
    summary="a folder of arrays of any size, a file per block; axes, pixel sizes and range as ilastik has them",
    specification=Reference("N5 file system specification, ilastik (z5py and lazyflow)", "4.0.0", "2026-11-21"),
    detect="segue.formats.n5.detect:detect",
    reader="segue.formats.n5.read:read",
    fit="segue.formats.n5.fit:fit",
    writer="segue.formats.n5.write:write",
    read_options="segue.formats.n5.options:ReadOptions",
    write_options="segue.formats.n5.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    folder=True,
    identity="the label numbers are the pixel values; ids and names of objects have no place",
    opened_by=("ilastik", "Fiji (N5 plugins, BigDataViewer)", "neuroglancer", "Paintera", "Python (z5py, tensorstore)"),
    keeps=keeps("a container"),
    blocks="segue.formats.n5.write:blocks",
    holds=Holds(instead="choose another number type"),
    aliases={"n5": {"compression": "none"}, "compressed n5": {"compression": "gzip"}},
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
