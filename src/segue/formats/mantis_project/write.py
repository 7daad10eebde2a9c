"""Writing a project: a folder per image set, and ``.mantisDb``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from segue.codecs.colours import label_colours
from segue.codecs.mantis_csv import write_rows
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.formats.mantis_files.row_text import row_text
from segue.formats.mantis_project import database
from segue.formats.mantis_project.disassemble import taken_apart
from segue.formats.mantis_project.facts import facts_text
from segue.formats.mantis_project.layout import DATABASE, IMAGE_SETTINGS, REGION_FILES, SEGMENTATION
from segue.formats.mantis_project.mask import write_mask
from segue.formats.mantis_project.options import WriteOptions
from segue.formats.mantis_project.outlines import as_stored
from segue.formats.mantis_project.parts import Project, SetParts
from segue.formats.mantis_project.pictures import plane_of, sizes, writable
from segue.formats.mantis_project.settings import BASENAME, INNER, override_of, text_of
from segue.formats.options import Options
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import Study
from segue.storage.names import safe_names
from segue.storage.sink import Sink
from segue.storage.source import split_suffix


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study. Memory: the values of one image set as numbers of Python, and some rows of an image.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    assert isinstance(options, WriteOptions)
    project = taken_apart(study)
    ark = options.layout == "ark"
    basename = text_of(project.settings, BASENAME) or f"{SEGMENTATION}.tif"
    with sink.folder() as root:
        sheets = _sheets(project, root, basename, ark=ark)
        texts = {name: _json(value) for name, value in project.settings.items()}
        database.write(root / DATABASE, texts, sheets)
        _write_markers(project, root)


def _json(value: object) -> str:
    from segue.codecs.json_text import dumps

    return dumps(value).decode()


def _sheets(project: Project, root: Path, basename: str, *, ark: bool) -> Iterator[database.Sheet]:
    """What the database says of each image set, whose files are written on the way."""
    colours = _colours(project)
    for one in project.sets:
        files = _write_folder(root / one.folder, one, basename, text_of(project.settings, INNER), ".tiff" if ark else ".tif")
        colourless = {row.id: colours[row.name] for row in one.rows if row.colour is None}
        stored = [as_stored(row, one.grid) for row in one.rows]
        if ark:
            write_mask(root / one.folder, stored, one.grid)
        rows = [(row.id, row_text(replace(row, colour=colourless.get(row.id, row.colour)), "E")) for row in stored]
        facts = facts_text(one, files, split_suffix(basename)[0], colourless)
        yield database.Sheet(one.folder, facts, one.features, one.generated, rows, one.segments)


def _colours(project: Project) -> dict[str, int]:
    """Mantis expects a colour of every population: the same one for the same name, each unlike those before it."""
    names = list(dict.fromkeys(row.name for one in project.sets for row in one.rows if row.colour is None))
    table = label_colours(len(names) + 1).astype(int)
    return {name: int(red << 16 | green << 8 | blue) for name, (red, green, blue) in zip(names, table[1:], strict=True)}


def _write_markers(project: Project, root: Path) -> None:
    """The file with names of channels that a setting promises; Mantis reads it, though it only means stacks."""
    name, for_all = override_of(project.settings)
    named = [(root / one.folder, one.images[0].channels) for one in project.sets if one.images]
    for home, channels in [(root, named[0][1])] if name and for_all and named else named if name else []:
        if not (home / name).exists():
            with (home / name).open("xb") as file:
                write_rows(file, [pl.Series(channels, dtype=pl.Utf8), pl.Series(range(1, len(channels) + 1))])


def _write_folder(folder: Path, one: SetParts, basename: str, inner: str, suffix: str) -> list[str]:
    """The files of an image set; returns those of the channels."""
    folder.mkdir()
    place = folder / inner if inner and one.images else folder
    place.mkdir(exist_ok=True)
    if one.settings:
        (folder / IMAGE_SETTINGS).write_bytes(one.settings.encode("utf-8", "replace"))
    for labels in one.labels:
        _write_plane(folder / basename, labels, 0, one, "")
    files = []
    for image in one.images:
        names = image.channels or tuple(f"Marker {nth + 1}" for nth in range(size_of(image.pixels, image.axes, "c")))
        taken = [split_suffix(basename)[0], *REGION_FILES]
        files = safe_names([*taken, *(name.lstrip(".") or "channel" for name in names)], suffix)[len(taken) :]
        for nth, (file, name) in enumerate(zip(files, names, strict=True)):
            _write_plane(place / file, image, nth, one, name)
    return files


def _write_plane(path: Path, picture: Image | LabelImage, channel: int, one: SetParts, name: str) -> None:
    pixels, axes = plane_of(picture, channel)
    pixels = writable(pixels)
    height, width = sizes(picture)
    scale = {axis.name: (axis.scale, axis.unit) for axis in one.grid.axes if axis.scale is not None}
    facts = Facts(channels=(name,) if name else (), scale=scale, role="" if name else "labels")
    with path.open("xb+") as file:
        write_tiff(file, Plan("ome", {"y": height, "x": width}, pixels.dtype.newbyteorder("="), facts), pixels, axes)
