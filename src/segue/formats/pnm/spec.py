"""The record of portable maps."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference
from segue.formats.holds import Holds
from segue.formats.plane_files.keeps import keeps
from segue.formats.plane_files.limits import INSTEAD, PLANE_TYPES

FORMAT = Format(
    name="pnm",
    title="Portable maps (PGM, PPM, PBM)",
    suffixes=(".pnm", ".pgm", ".ppm", ".pbm"),
    summary="one plane of 8 or 16 bits as it is: grey and colour maps of Netpbm; bit maps and maps in text are read, too",
    specification=Reference("Netpbm: pbm(5), pgm(5), ppm(5)", "10", "2026-11-21"),
    detect="segue.formats.pnm.detect:detect",
    reader="segue.formats.pnm.read:read",
    fit="segue.formats.pnm.fit:fit",
    writer="segue.formats.pnm.write:write",
    read_options="segue.formats.pnm.options:ReadOptions",
    write_options="segue.formats.pnm.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    blocks="segue.formats.pnm.write:blocks",
    holds=Holds(dtypes=PLANE_TYPES, most_axes=2, channels=(1, 3), sequence=True, instead=INSTEAD),
    identity="the label numbers are the pixel values; ids and names of objects have no place",
    opened_by=("Fiji and ImageJ", "GIMP", "Netpbm, ImageMagick", "Python (Pillow, OpenCV, scikit-image)", "MATLAB"),
    keeps=keeps("channels other than 1 or 3"),
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)
