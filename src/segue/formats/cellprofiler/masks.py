"""Label images that lie beside the tables and are named in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from segue.codecs import png, tiff
from segue.errors import SegueError
from segue.formats.cellprofiler.images import Images
from segue.formats.cellprofiler.terms import ROLE
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.image import LabelImage, Pixels
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_FILES, _OF_OBJECTS = "FileName_", "ObjectsFileName_"
_MARKS = ("label", "mask", "object", "segment", "outline")
_NEAR = 1.0
"""Pixels by which a centre may lie beside that of its label."""
_LARGEST = 1 << 28
"""Pixels of label images whose centres are compared."""


def with_masks(study: Study, images: Images, folder: Path, types: list[str]) -> tuple[Study, Notes]:
    """The study with the label images that are there; notes where they, or objects, are missing."""
    columns = [(column, one) for column in images.files.columns if (one := _type_of(column, types, images.channels)) is not None]
    notes = Notes()
    sets = list(study.image_sets)
    for column, one in columns:
        missing = 0
        for nth, name in enumerate(images.files[column].to_list()):
            path = _beside(folder, name)
            if path is None:
                missing += name is not None
                continue
            sets[nth], more = _with_mask(sets[nth], path, one)
            notes += more.at(path.name)
        if missing:
            what = f"{{count mask}} of {one} (in {column}) not beside the tables; name them with --labels"
            notes += Notes.of(Note(Kind.SKIPPED, what, Feature.LABELS, count=missing))
    return replace(study, image_sets=tuple(sets)), notes


def _type_of(column: str, types: list[str], channels: list[str]) -> str | None:
    """The type of objects whose label images a column names; None = it names others."""
    if column.startswith(_OF_OBJECTS):
        name = column.removeprefix(_OF_OBJECTS)
        return next((one for one in types if one == name), None)
    if not column.startswith(_FILES):
        return None
    name = column.removeprefix(_FILES).lower()
    said = [one for one in types if name.startswith(one.lower()) and any(mark in name for mark in _MARKS)]
    if said:
        return max(said, key=len)
    alone = (
        len(types) == 1 and any(mark in name for mark in _MARKS[:2]) and len([one for one in channels if any(mark in one.lower() for mark in _MARKS[:2])]) == 1
    )
    return types[0] if alone else None


def _beside(folder: Path, name: str | None) -> Path | None:
    """The file of a name in the folder of the tables; never one elsewhere."""
    plain = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    if not plain or plain in (".", "..") or "\0" in plain or Path(plain).suffix.lower() not in (".tif", ".tiff", ".png"):
        return None
    path = folder / plain
    return path if path.is_file() else None


def _with_mask(s: ImageSet, path: Path, one: str) -> tuple[ImageSet, Notes]:
    try:
        pixels = _pixels(path)
    except SegueError as error:
        return s, Notes.of(Note(Kind.SKIPPED, f"not taken as a label image: {error}", Feature.LABELS))
    if pixels is None or any(image.name == one for image in s.labels):
        return s, Notes.of(
            Note(Kind.SKIPPED, "not taken as a label image: it is not one plane of whole numbers", Feature.LABELS)
        ) if pixels is None else Notes()
    height, width = pixels.shape
    stated = (s.grid.size("y"), s.grid.size("x"))
    if s.labels and stated != (height, width):
        return s, Notes.of(Note(Kind.SKIPPED, "not taken as a label image: it has another size than the one before", Feature.LABELS))
    s = replace(s, grid=Grid((Axis("y", height), Axis("x", width))), labels=(*s.labels, LabelImage(pixels, "yx", one)))
    return _compared(s, pixels, one) if height * width <= _LARGEST else (s, Notes())


def _pixels(path: Path) -> Pixels | None:
    source = Source(path)
    found: Pixels
    if path.suffix.lower() == ".png":
        found = png.PngPixels.of(source, indices=True)
    else:
        series = tiff.describe(source)[0]
        found = tiff.TiffPixels(source, 0, series.shape, series.dtype)
    return found if len(found.shape) == 2 and np.dtype(found.dtype).kind in "ui" else None


def _compared(s: ImageSet, pixels: Pixels, one: str) -> tuple[ImageSet, Notes]:
    """Numbers of objects against the labels in the image, and their centres against its centres."""
    try:
        centres = _centres(np.asarray(pixels.read((slice(None), slice(None)))))
    except SegueError as error:
        return replace(s, labels=s.labels[:-1]), Notes.of(Note(Kind.SKIPPED, f"not taken as a label image: {error}", Feature.LABELS))
    mine = (
        s.objects.frame.with_row_index("object")
        .filter((pl.col("layer") == pl.lit(one)) & pl.col("label").is_not_null())
        .select(pl.col("object").cast(pl.Int32), "label")
    )
    points = s.shapes.frame.with_row_index("shape").filter((pl.col("role") == ROLE) & (pl.col("kind") == "point"))
    coords = s.shapes.rings.coords[s.shapes.rings.coord_start[points["shape"].to_numpy()]] if len(points) else np.empty((0, 2))
    placed = points.select("object").with_columns(x=pl.Series(coords[:, 0]), y=pl.Series(coords[:, 1]))
    found = mine.join(placed, on="object", how="left", maintain_order="left").join(centres, on="label", how="left", maintain_order="left", suffix="_there")
    near = ((pl.col("x") - pl.col("x_there")) ** 2 + (pl.col("y") - pl.col("y_there")) ** 2) <= _NEAR**2
    located, right = found.filter(pl.col("x").is_not_null()).height, found.filter(near).height
    if 2 * right < located:
        return _renumbered(s, found, centres)
    wrong = found.filter(~near)
    notes = Notes()
    for count, what in (
        (found["x_there"].null_count(), "{count object} of " + one + " without pixels of their number in it"),
        (centres.height - (found.height - found["x_there"].null_count()), "{count label} in it without a row in the table of " + one),
        (wrong.height, "{count object} of " + one + " whose centre is not that of the label of their number"),
    ):
        if count:
            notes += Notes.of(Note(Kind.ASSUMED, f"numbers of objects are taken for labels: {what}", Feature.OBJECT_LABEL, count=count))
    return s, notes


def _centres(labels: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> pl.DataFrame:
    """``label``, ``x``, ``y`` of every label: the mean of its pixels, from the corner of the first one."""
    y, x = np.nonzero(labels)
    values, index, count = np.unique(labels[y, x], return_inverse=True, return_counts=True)
    means = [np.bincount(index, place, minlength=len(values)) / np.maximum(count, 1) + 0.5 for place in (x, y)]
    good = values > 0
    return pl.DataFrame({"label": values[good].astype(np.uint64), "x": means[0][good], "y": means[1][good]})


def _renumbered(s: ImageSet, found: pl.DataFrame, centres: pl.DataFrame) -> tuple[ImageSet, Notes]:
    """Objects that are numbered otherwise than the image get the label whose centre is theirs, where all have one; else their label is not believed."""

    def keys(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(kx=(pl.col("x") * 1000).round().cast(pl.Int64, strict=False), ky=(pl.col("y") * 1000).round().cast(pl.Int64, strict=False))

    matched = keys(found.select("object", "x", "y")).join(
        keys(centres).select("kx", "ky", "label").unique(["kx", "ky"], keep="none"), on=["kx", "ky"], how="inner"
    )
    whole = matched.height == len(found["x"].drop_nulls()) and matched["label"].n_unique() == matched.height
    fresh = matched.select("object", fresh="label") if whole else matched.select("object", fresh="label").clear()
    frame = s.objects.frame.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int32)).join(fresh, on="object", how="left", maintain_order="left")
    mine = pl.col("object").is_in(found["object"].implode())
    frame = frame.with_columns(label=pl.when(mine).then("fresh").otherwise("label")).drop("object", "fresh")
    said = (
        "objects are numbered otherwise than the label image; they are matched by their centres"
        if whole
        else "objects are numbered otherwise than the label image, and cannot be matched by their centres; their labels are left out"
    )
    return replace(s, objects=Objects(frame)), Notes.of(Note(Kind.CHANGED, said, Feature.OBJECT_LABEL, count=found.height))
