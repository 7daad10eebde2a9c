"""The record of pictures: GIF, BMP and JPEG."""

from __future__ import annotations

from segue.formats.format import Format, Reference
from segue.formats.holds import Holds
from segue.formats.plane_files.limits import INSTEAD

FORMAT = Format(
    name="picture",
    title="GIF, BMP and JPEG",
    suffixes=(".gif", ".bmp", ".jpg", ".jpeg"),
    summary="pictures of 8 bits: grey or palette numbers as ImageJ has them, colours as channels; single planes are exported, JPEG never as labels",
    specification=Reference("GIF89a (CompuServe), BITMAPINFOHEADER (Microsoft), ITU T.81 and JFIF 1.02", "1990, 1992", "2026-11-21"),
    detect="segue.formats.picture.detect:detect",
    reader="segue.formats.picture.read:read",
    read_options="segue.formats.picture.options:ReadOptions",
    write_options="segue.formats.picture.options:WriteOptions",
    blocks="segue.formats.picture.blocks:blocks",
    holds=Holds(dtypes=("uint8",), most_axes=2, channels=(1, 3), sequence=True, instead=INSTEAD),
    opened_by=("every viewer and browser", "Fiji and ImageJ", "QuPath", "napari"),
)
