"""The table of images: names, groups, sizes, and values about image sets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.errors import Malformed
from segue.formats.cellprofiler.columns import channel_of, channels_in
from segue.formats.cellprofiler.sheets import Sheets, Texts, blank, typed, unique
from segue.formats.cellprofiler.terms import ABSOLUTE, COUNT, GROUP, HEIGHT, IMAGE, IMAGE_NUMBER, NAME, OF_IMAGES, OWN, PATHS, POSITION, WIDTH
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.tables import Column, Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import split_suffix

_LARGEST = 1 << 40


@dataclass(frozen=True)
class Images:
    """Facts and values of all image sets, in order."""

    numbers: list[int]
    """``ImageNumber`` of each."""
    files: Texts
    """Their columns as texts, without absolute paths."""
    names: list[str]
    groups: list[str | None]
    positions: list[tuple[tuple[str, int], ...]]
    grids: list[Grid]
    counts: dict[str, list[int | None]]
    """Type of objects -> how many the table of images says there are."""
    tables: list[dict[str, Table]]
    channels: list[str]
    notes: Notes


def images_of(sheets: Sheets, where: str) -> Images:
    """What the tables say about image sets.

    Raises
    ------
    Malformed
        An image stands twice in the table of images.
    """
    files = _all(sheets, where)
    files, notes = _without_paths(files)
    said = [int(number) for number in files[IMAGE_NUMBER]]
    rest = {name: files[name].alias("") for name in files.columns if name != IMAGE_NUMBER}
    names, groups, positions = _names(rest, said), rest.pop(GROUP, blank(len(said))).to_list(), _positions(rest, len(said))
    grids, counts = _grids(rest, len(said)), _counts(rest, sheets)
    if said != list(range(1, len(said) + 1)):
        rest = {IMAGE_NUMBER: files[IMAGE_NUMBER], **rest}
    channels = channels_in(files.columns)
    return Images(said, files, names, groups, positions, grids, counts, _tables(rest, len(said), channels), channels, notes)


def _all(sheets: Sheets, where: str) -> Texts:
    """One row per image set, with what tables of objects repeat about it."""
    images = sheets.images if sheets.images is not None else pl.DataFrame(schema={IMAGE_NUMBER: pl.Utf8})
    if images[IMAGE_NUMBER].n_unique() < images.height:
        twice = images[IMAGE_NUMBER].filter(images[IMAGE_NUMBER].is_duplicated())[0]
        raise Malformed(f"{where} is damaged: image {twice} stands twice in the table of images", path=where, expected="each image once")
    found = [frame[IMAGE_NUMBER] for frame in sheets.objects.values()]
    others = pl.concat(found).unique() if found else pl.Series([], dtype=pl.Utf8)
    others = others.filter(~others.is_in(images[IMAGE_NUMBER].implode()))
    others = others.gather(others.cast(pl.Int64).arg_sort())
    images = pl.concat([images, others.alias(IMAGE_NUMBER).to_frame()], how="diagonal")
    for frame in sheets.objects.values():
        repeated = [name for name in frame.columns if is_of_image(name) and name not in images.columns]
        if repeated:
            first = frame.select(IMAGE_NUMBER, *(frame[name] for name in repeated)).unique(IMAGE_NUMBER, keep="first", maintain_order=True)
            images = images.join(first, on=IMAGE_NUMBER, how="left", maintain_order="left")
    return images


def is_of_image(name: str) -> bool:
    """Whether a column of a table of objects is about its image set."""
    return name.startswith(OF_IMAGES) and not name.startswith(OWN)


def _without_paths(files: Texts) -> tuple[Texts, Notes]:
    """Without the columns that say where files were on somebody's computer."""
    gone = [name for name in files.columns if name.startswith(PATHS) or bool(files[name].alias("").str.contains(ABSOLUTE.pattern).any())]
    gone = [name for name in gone if name not in (IMAGE_NUMBER, NAME, GROUP)]
    if not gone:
        return files, Notes()
    note = Note(Kind.SKIPPED, "{count column} with absolute paths left out", Feature.EXTRAS, count=len(gone))
    return files.select(files[name] for name in files.columns if name not in gone), Notes.of(note)


def _names(rest: dict[str, pl.Series], said: list[int]) -> list[str]:
    """The name that segue gave; else that of the first image file; else, where there are several, the number."""
    if NAME in rest:
        return [name or "" for name in rest.pop(NAME)]
    files = [name for name in rest if name.startswith("FileName_")]
    if files:
        stems = [split_suffix(text)[0] if text else "" for text in rest[files[0]]]
        twice = {stem for stem, count in Counter(stems).items() if count > 1}
        return [f"{stem} {number}".strip() if stem in twice or not stem else stem for stem, number in zip(stems, said, strict=True)]
    return [str(number) for number in said] if len(said) > 1 else [""] * len(said)


def _positions(rest: dict[str, pl.Series], count: int) -> list[tuple[tuple[str, int], ...]]:
    found: list[list[tuple[str, int]]] = [[] for _ in range(count)]
    for name in [name for name in rest if name.startswith(POSITION)]:
        places = numbers(rest[name])
        if places.dtype == pl.Int64:
            axis = name.removeprefix(POSITION)
            for nth, place in enumerate(places):
                found[nth] += [] if place is None else [(axis, place)]
            rest.pop(name)
    return [tuple(sorted(one)) for one in found]


def _grids(rest: dict[str, pl.Series], count: int) -> list[Grid]:
    """Sizes, where segue states them or all images of a set have the same."""
    sizes = {}
    for axis, start in (("y", HEIGHT), ("x", WIDTH)):
        own = rest.pop(start + IMAGE, None)
        columns = [own] if own is not None else [values for name, values in rest.items() if name.startswith(start)]
        found = [column.cast(pl.Float64, strict=False).to_numpy() for column in columns]
        stacked = np.stack(found) if found else np.full((1, count), np.nan)
        good = (stacked == stacked[0]).all(axis=0) & (stacked[0] >= 0) & (stacked[0] < _LARGEST) & (stacked[0] % 1 == 0)
        sizes[axis] = [int(size) if fine else None for size, fine in zip(stacked[0].tolist(), good.tolist(), strict=True)]
    return [Grid((Axis("y", height), Axis("x", width))) for height, width in zip(sizes["y"], sizes["x"], strict=True)]


def _counts(rest: dict[str, pl.Series], sheets: Sheets) -> dict[str, list[int | None]]:
    """Numbers of objects of the types that have a table."""
    found: dict[str, list[int | None]] = {}
    for name in sheets.objects:
        if COUNT + name in rest:
            counts = rest[COUNT + name].str.strip_chars().str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
            if counts.null_count() == rest[COUNT + name].null_count():
                rest.pop(COUNT + name)
                found[name] = counts.to_list()
    return found


def _tables(rest: dict[str, pl.Series], count: int, channels: list[str]) -> list[dict[str, Table]]:
    """The remaining columns as a table about each image set."""
    if not rest:
        return [{} for _ in range(count)]
    names = unique(rest)
    found = [typed(values) for values in rest.values()]
    described = tuple(Column(name, kind, channel=channel_of(name, channels)) for name, (kind, _) in zip(names, found, strict=True))
    frame = pl.DataFrame([values.alias(name) for name, (_, values) in zip(names, found, strict=True)])
    return [{IMAGE: Table("image set", frame.slice(nth, 1), described)} for nth in range(count)]
