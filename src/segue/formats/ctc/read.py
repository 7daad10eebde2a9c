"""Reading a folder of the Cell Tracking Challenge."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.frame_stack import FrameStack
from segue.codecs.track_lines import COLUMNS, read_tracks
from segue.errors import TooLarge, WrongFormat
from segue.formats.ctc.assemble import PARENTS, with_objects, with_steps
from segue.formats.ctc.checks import Remarks, checked_lines, compare, parents_in, told
from segue.formats.ctc.masks import present_in_files, stacked
from segue.formats.ctc.options import ReadOptions
from segue.formats.ctc.places import TEXTS, Places, places_in
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

MOST = 100_000_000
"""Objects, in a text file that is believed."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the masks as one label image over time, lazily, and objects, tracks and parents.

    Unless ``check=false``, every pixel is looked at once. Memory: some 16 MB, and 300 bytes for each object (a track in a frame).

    Raises
    ------
    WrongFormat
        It is no such folder.
    Malformed, UnsupportedVariant, TooLarge, Incompatible
        A file is damaged, or the masks do not fit together.
    """
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is a file; give the folder that holds the masks", path=source.path, expected="a folder")
    places = places_in(source.path)
    pixels, facts = stacked(places)
    remarks = Remarks(source.path.name)
    _about_files(places, len(pixels.frames), remarks)
    lines = checked_lines(read_tracks(Source(places.text)) if places.text else pl.DataFrame(schema=COLUMNS), remarks)
    present, parents = _contents(places, pixels, lines, remarks, check=cast("ReadOptions", options).check)
    remarks.add(Kind.ASSUMED, "{count frame} without an object", len(pixels.frames) - present["t"].n_unique())
    s = study_of(pixels, pixels.axes, facts, role="labels").image_sets[0]
    image = s.labels[0]
    labels = type(image)(image.pixels, image.axes, "labels", places.persists)
    s = with_objects(s, labels, present, parents)
    return Study((with_steps(s) if cast("ReadOptions", options).links else s,)), remarks.notes


def _contents(places: Places, pixels: FrameStack, lines: pl.DataFrame, remarks: Remarks, *, check: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is in each frame, and the parents."""
    if not check and places.text is not None:
        _check_size(lines, pixels.shape[0], places)
        present = told(lines, pixels.shape[0], remarks)
    else:
        present = present_in_files(pixels)
    if not places.persists:
        return present, pl.DataFrame(schema=PARENTS)
    if check and places.text is not None:
        compare(lines, present, remarks)
    return present, parents_in(lines, present, remarks)


def _check_size(lines: pl.DataFrame, frames: int, places: Places) -> None:
    lasting = lines.select((pl.col("end").clip(-1, frames) - pl.col("begin").clip(-1, frames) + 1).sum()).item() or 0
    if lasting > MOST:
        raise TooLarge(f"{places.text} announces {lasting:,} objects, more than the {MOST:,} that segue reads of such a file", path=places.text, limit=MOST)


def _about_files(places: Places, frames: int, remarks: Remarks) -> None:
    missing = frames - len({place.t for place in places.masks})
    if places.persists:
        remarks.add(Kind.REPAIRED, "{count frame} without a mask: read as empty", missing)
    else:
        remarks.add(Kind.ASSUMED, "{count frame} that nobody annotated: read as empty", missing)
    if places.persists and places.text is None:
        remarks.made.append(
            Note(Kind.REPAIRED, f"there is no {TEXTS[places.kind]}: tracks are the labels of the masks, and parents are not known", where=remarks.where)
        )
    planes = sum(place.z is not None for place in places.masks)
    remarks.add(Kind.ASSUMED, "{count plane} of volumes that were annotated in part: the other planes are empty", planes)
    remarks.add(Kind.SKIPPED, "{count file} about a frame that another file is about, too", places.repeated)
    for name in places.others:
        remarks.made.append(Note(Kind.SKIPPED, f"the masks in {name}; give that folder to read them", where=remarks.where))
