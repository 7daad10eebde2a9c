"""Writing a folder of the Cell Tracking Challenge."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from segue.codecs.pixel_facts import Facts
from segue.codecs.pixel_views import OnePlace
from segue.codecs.pixels import converted
from segue.codecs.tiff_plan import CLASSIC_BYTES, Plan
from segue.codecs.tiff_write import write_tiff
from segue.codecs.track_lines import COLUMNS, track_text
from segue.formats.ctc.assemble import PARENTS
from segue.formats.ctc.checks import spans_of
from segue.formats.ctc.options import WriteOptions
from segue.formats.ctc.places import TEXTS
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of
from segue.model.image import size_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: a 16-bit TIFF for each frame, a few megabytes at a time, and the text file.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    image = s.labels[0]
    kind = {"result": "mask", "truth": "man_track"}[cast("WriteOptions", options).names]
    frames = size_of(image.pixels, image.axes, "t")
    digits = max(3, len(str(frames - 1)))
    sizes = {name: size_of(image.pixels, image.axes, name) for name in "zyx" if name in image.axes}
    pixels = converted(image.pixels, "uint16")
    lines = _lines(s)
    plan = Plan(_layout(sizes), sizes, np.dtype(np.uint16), _facts(study, lines))
    with sink.folder() as folder:
        for t in range(frames):
            with (folder / f"{kind}{t:0{digits}}.tif").open("xb+") as file:
                write_tiff(file, plan, OnePlace(pixels, image.axes.index("t"), t), image.axes.replace("t", ""))
        (folder / TEXTS[kind]).write_bytes(track_text(lines))


def _layout(sizes: dict[str, int]) -> str:
    """ImageJ's layout lists one page for each plane, which every reader of TIFF understands; a frame beyond 4 GB is a BigTIFF."""
    return "imagej" if sizes["y"] * sizes["x"] * 2 * sizes.get("z", 1) <= CLASSIC_BYTES else "plain"


def _facts(study: Study, lines: pl.DataFrame) -> Facts:
    """The same in every frame, with a contrast in which the labels can be seen."""
    highest = cast("int", lines["track"].max()) if lines.height else 255
    return replace(facts_of(study), data_range=(0.0, float(max(highest, 255))))


def _lines(s: ImageSet) -> pl.DataFrame:
    """The rows of the text file, by track."""
    objects = s.objects.frame.select(pl.col("t").fill_null(0), "label")
    spans = spans_of(objects).select("track", begin="first", end="last")
    labels = s.objects.frame["label"].cast(pl.Int64)
    parents = s.connections.frame.select(track=labels.gather(s.connections.frame["child"]), parent=labels.gather(s.connections.frame["parent"]))
    found = spans.join(parents.select(*PARENTS), on="track", how="left").with_columns(pl.col("parent").fill_null(0)).sort("track")
    return found.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
