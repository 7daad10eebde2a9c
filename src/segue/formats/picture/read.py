"""Reading GIF, BMP and JPEG: one image."""

from __future__ import annotations

from typing import cast

from segue.codecs.pictures import PictureHead, PicturePixels, describe
from segue.codecs.pixel_facts import Facts
from segue.errors import Incompatible
from segue.formats.lossy_files import refusal_as_labels
from segue.formats.options import Options
from segue.formats.picture.options import ReadOptions
from segue.formats.pixel_files import study_of
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a picture.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
        The file is none of the three, is damaged, or is of a kind that segue does not read.
    Incompatible
        It cannot be a label image.
    """
    role = cast("ReadOptions", options).role
    head = describe(source)
    if role == "labels" and head.kind == "JPEG":
        raise Incompatible(f"{source.path}: {refusal_as_labels(head.kind)}", path=source.path)
    pixels = PicturePixels.of(source, numbers=role == "labels")
    return study_of(pixels, pixels.axes, _facts(head), role=role), _notes(head, source)


def _facts(head: PictureHead) -> Facts:
    scale: dict[str, tuple[float | None, str | None]] = {}
    if head.scale is not None:
        scale = {"x": (head.scale[0], "um"), "y": (head.scale[1], "um")}
    if head.delay is not None:
        scale["t"] = (head.delay, "s")
    return Facts(scale=scale, inverted=head.inverted)


def _notes(head: PictureHead, source: Source) -> Notes:
    notes = []
    if head.frames > 1:
        notes.append(Note(Kind.ASSUMED, f"its {head.frames} frames are time points", where=source.path.name))
    if head.orientation not in (0, 1):
        notes.append(Note(Kind.ASSUMED, "its pixels are read as they are stored, not turned as its EXIF data ask viewers to", where=source.path.name))
    return Notes.of(*notes)
