"""The record of pictures: GIF, BMP and JPEG."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="picture",
    title="GIF, BMP and JPEG",
    suffixes=(".gif", ".bmp", ".jpg", ".jpeg"),
    summary="pictures of 8 bits: grey or palette numbers as ImageJ has them, colours as channels; read only, JPEG never as labels",
    specification=Reference("GIF89a (CompuServe), BITMAPINFOHEADER (Microsoft), ITU T.81 and JFIF 1.02", "1990, 1992", "2026-11-21"),
    detect="segue.formats.picture.detect:detect",
    reader="segue.formats.picture.read:read",
    read_options="segue.formats.picture.options:ReadOptions",
    opened_by=("every viewer and browser", "Fiji and ImageJ", "QuPath", "napari"),
)
