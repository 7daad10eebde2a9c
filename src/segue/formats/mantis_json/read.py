"""Reading: populations of every version of Mantis' JSON, with their segments and regions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from segue.codecs.geojson_read import check_text
from segue.codecs.json_rows import items, members, one
from segue.codecs.json_text import dumps
from segue.errors import Malformed, WrongFormat
from segue.formats.mantis_files.repairs import Repairs
from segue.formats.mantis_files.rows import Row, read_rows
from segue.formats.mantis_files.side import NOTHING
from segue.formats.mantis_files.terms import OWN
from segue.formats.mantis_json.options import ReadOptions
from segue.formats.mantis_json.segmentation import read_segmentation
from segue.formats.mantis_json.study import assembled
from segue.formats.mantis_json.terms import LARGEST, POPULATIONS, SEGMENTATION
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.grid import grid_of
from segue.model.image import LabelImage, in_memory
from segue.model.study import EXTRAS, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All populations of a file; its segmentation, if it has one.

    Memory: about the text, 16 bytes per listed segment and vertex, and four per pixel of the segmentation.

    Raises
    ------
    Malformed
        It is not JSON, cut off, or the segmentation in it is damaged.
    WrongFormat
        It holds no list of populations.
    TooLarge
        More than 4 GB of text, or a segmentation of more than 2**28 pixels.
    """
    assert isinstance(options, ReadOptions)
    try:
        return _read(source.read_bytes(LARGEST), source.path, options)
    except RecursionError as error:
        raise Malformed(f"{source.path} is damaged: its brackets are too deep inside each other", path=source.path, expected="flat values") from error


def _read(data: bytes, path: Path, options: ReadOptions) -> tuple[Study, Notes]:
    check_text(memoryview(data), path)
    values, top = _parts(data, path)
    labels = read_segmentation(top.pop(SEGMENTATION, None), path)
    repairs = Repairs()
    rows = read_rows(values, repairs, path)
    _check_members(values, rows, path)
    notes = []
    if labels is not None:
        rows, stray = _on_labels(rows, labels)
        notes += [Note(Kind.SKIPPED, "{count segment} listed that the segmentation in the file does not have", count=stray)] if stray else []
    width = options.width if labels is None else labels.pixels.shape[1]
    placeless = sum(row.pixels is not None for row in rows) if width is None else 0
    if placeless:
        hint = "{count region} given as numbers of pixels: say how wide the image is with --set width=PIXELS"
        notes.append(Note(Kind.SKIPPED, hint, Feature.MASK, count=placeless))
    study = assembled(rows, path, labels=labels, width=width, grid=None if labels is None else grid_of("yx", labels.pixels.shape))
    return _with_rest(study, top, path), repairs.notes() + Notes(tuple(notes))


def _parts(data: bytes, path: Path) -> tuple[list[msgspec.Raw], dict[str, msgspec.Raw]]:
    """The rows, and the other members of a file that is an object."""
    plain = data.removeprefix(b"\xef\xbb\xbf")
    if plain.lstrip()[:1] == b"[":
        members_of_none: dict[str, msgspec.Raw] = {}
        return items(msgspec.Raw(plain), "populations", path), members_of_none
    top = members(data, path)
    if POPULATIONS not in top and SEGMENTATION not in top:
        raise WrongFormat(f"{path} has neither populations nor a segmentation, so it is no file of Mantis", path=path, expected="a list of populations")
    return items(top.pop(POPULATIONS, None), "populations", path), top


def _check_members(values: list[msgspec.Raw], rows: list[Row], path: Path) -> None:
    """A list of other things is no file of Mantis."""
    if values and not any(_is_population(row) for row in rows):
        raise WrongFormat(f"{path} is a list, but not of Mantis' populations", path=path, expected="populations with segments or regions")


def _is_population(row: Row) -> bool:
    """Whether a row says anything that populations have in Mantis."""
    return row.is_region or len(row.members) > 0 or row.side is not NOTHING or row.colour is not None or row.order is not None or not row.id.startswith("#")


def _on_labels(rows: list[Row], labels: LabelImage) -> tuple[list[Row], int]:
    """Rows with only those segments that the label image has; and how many others there were."""
    there = np.unique(in_memory(labels.pixels)).astype(np.uint64)
    kept = [row.members[np.isin(row.members, there)] for row in rows]
    return [replace(row, members=some) for row, some in zip(rows, kept, strict=True)], sum(
        len(row.members) - len(some) for row, some in zip(rows, kept, strict=True)
    )


def _with_rest(study: Study, top: dict[str, msgspec.Raw], path: Path) -> Study:
    """The study with members of the file that have no meaning here."""
    rest: dict[str, Any] = {name: one(value, Any, "JSON", path) for name, value in sorted(top.items())}
    if not rest:
        return study
    row = pl.DataFrame([(OWN, "image set", "", dumps(rest).decode())], schema=EXTRAS, orient="row")
    return study.map(lambda s: replace(s, extras=pl.concat([s.extras, row])))
