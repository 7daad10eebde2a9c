"""A _seg.npy -> study: the masks, the colours, the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import polars as pl

from segue.codecs.npy_objects import OpenObject
from segue.codecs.pixel_facts import Facts
from segue.errors import Malformed
from segue.formats.cellpose.colours import read_colours, recoloured
from segue.formats.cellpose.masks import labels_in, masks_of
from segue.formats.cellpose.options import ReadOptions
from segue.formats.cellpose.settings import as_extras, read_settings
from segue.formats.cellpose.side import KEY, Side, read_side
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.model.image import Pixels
from segue.model.objects import Objects
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.handles import opened
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the masks and what is said about them. Pixels stay in the file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, Incompatible
        It is no such file, is damaged, holds no masks, or asks for more than numbers, texts and arrays.
    """
    chosen = cast("ReadOptions", options)
    with opened(source, OpenObject) as file:
        if not isinstance(file.value, dict):
            raise Malformed(f"{source.path} holds no dictionary of masks, as a Cellpose segmentation does", path=source.path, expected="a dictionary")
        pixels, axes, repaired = masks_of(file.value, file.data, source)
        settings, skipped = read_settings(file.value, file.data)
        side = read_side(_text(file.value.get(KEY)))
        colours = read_colours(file.value.get("colors"), file.data) if chosen.colours else None
        damaged = KEY in file.value and side is None
    if side is not None and side.guessed:
        settings.pop("filename", None)
    facts = side.facts if side else Facts(image_set=_name(settings), role="labels", name="labels")
    study = study_of(pixels, axes, facts, role="labels")
    objects = _objects(side, pixels, axes, colours)
    notes = repaired + skipped
    if damaged:
        notes += Notes.of(Note(Kind.SKIPPED, "what segue had written under the key segue, because it is damaged"))
    return study.map(lambda s: replace(s, objects=objects, extras=as_extras(settings))), notes


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _name(settings: dict[str, Any]) -> str:
    """The name of the image without its suffix."""
    stated = settings.get("filename")
    return stated.rsplit(".", 1)[0] if isinstance(stated, str) else ""


def _objects(side: Side | None, pixels: Pixels, axes: str, colours: Any) -> Objects:
    """The objects that segue wrote; in a file of Cellpose those of the masks that have a colour."""
    if side is not None:
        return recoloured(side.objects, colours)
    if colours is None:
        return Objects.empty()
    labels = pl.Series(labels_in(pixels, axes), dtype=pl.UInt64)
    colour = pl.Series(colours, dtype=pl.UInt32)
    frame = pl.DataFrame({"id": labels.cast(pl.Utf8), "label": labels}).with_columns(layer=pl.lit("labels"))
    known = pl.DataFrame({"label": pl.int_range(1, len(colour) + 1, dtype=pl.UInt64, eager=True), "colour": colour})
    return Objects(frame.join(known, on="label", how="left", maintain_order="left"))
