"""Writing one image of a project: an OME-TIFF, block by block."""

from __future__ import annotations

from pathlib import Path

from segue.codecs.checksums import checksum
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.formats.pixel_files import facts_of
from segue.model.image import Image, size_of
from segue.model.study import ImageSet, Study
from segue.tasks.workers import Threads

MANY_BYTES = 32 << 20
"""Images beyond this are compressed by several threads."""


def write_image(path: Path, s: ImageSet, image: Image, compression: str) -> str:
    """Write an image in a number type of OME-TIFF to a new file; returns its checksum.

    Parameters
    ----------
    path
        The file.
    s
        What it is an image of: name, pixel size and origin are written, too.
    image
        Some blocks of it are in memory at a time.
    compression
        ``none`` or ``deflate``.

    Raises
    ------
    OSError
    """
    facts = facts_of(Study((ImageSet(s.name, s.grid, images=(image,)),)))
    sizes = {axis: size_of(image.pixels, image.axes, axis) for axis in "tczyx" if axis in image.axes}
    plan = Plan("ome", sizes, image.pixels.dtype.newbyteorder("="), facts, compression=compression)
    many = compression != "none" and plan.plane_bytes * plan.pages > MANY_BYTES
    with path.open("xb+") as file:
        write_tiff(file, plan, image.pixels, image.axes, Threads() if many else None)
    return checksum(path)
