"""What is drawn on the image of an ImageJ TIFF: its overlay and its active selection."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import orjson
import polars as pl

from segue.codecs.roi_layout import offsets
from segue.codecs.roi_read import decode
from segue.codecs.tiff import imagej_rois
from segue.codecs.tiff_imagej import Drawn
from segue.errors import SourceError
from segue.formats.pixel_files import fitted
from segue.formats.roi_files import about
from segue.formats.roi_files.active import ACTIVE
from segue.formats.roi_files.contents import Contents
from segue.formats.roi_files.features import HELD
from segue.formats.roi_files.fit import fitted_population, fitted_rois
from segue.formats.roi_files.planes import AXES, Planes, Stack
from segue.formats.roi_files.read import read_rois
from segue.formats.roi_files.write import BLOCK, prepared
from segue.formats.tiff.spec import KEPT
from segue.model.image import Image, size_of
from segue.model.populations import Membership
from segue.model.select import take_objects
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read_drawn(study: Study, source: Source) -> tuple[Study, Notes]:
    """The study of an ImageJ TIFF with the ROIs that are on its image.

    Raises
    ------
    Malformed
        A ROI is damaged.
    """
    found = imagej_rois(source)
    count = len(found.lengths) + bool(found.active)
    if not count:
        return study, Notes()
    (s,) = study.image_sets
    if not s.images:
        what = "drawings on a label image are not read; the option role=image reads them"
        return study, Notes.of(Note(Kind.SKIPPED, what, where=source.path.name, count=count))
    try:
        contents = _contents(found)
    except SourceError as error:
        raise type(error)(f"{source.path}: {error.message}", path=source.path, **error.fields) from error
    drawn, populations, notes = read_rois(contents, _stack(s.images[0]), source.path)
    s = replace(s, objects=drawn.objects, shapes=drawn.shapes, membership=drawn.membership, extras=drawn.extras)
    return replace(study, image_sets=(s,), populations=populations), notes


def _contents(found: Drawn) -> Contents:
    """All ROIs. The active selection is the one of the overlay that is equal to it, else one more behind them."""
    start = offsets(found.lengths)
    bounds = zip(start[:-1].tolist(), start[1:].tolist(), strict=True)
    same = next((row for row, (a, b) in enumerate(bounds) if b - a == len(found.active) and found.overlay[a:b] == found.active), None)
    buffer, lengths = found.overlay, found.lengths
    active = {} if same is None else {same: ACTIVE["both"]}
    if found.active and same is None:
        buffer, lengths, active = buffer + found.active, (*lengths, len(found.active)), {len(lengths): ACTIVE["selected"]}
    rois = decode(np.frombuffer(buffer, np.uint8), offsets(lengths))
    labels = [name or f"overlay {row + 1}" for row, name in enumerate(rois.names)]
    return Contents(rois, labels, single=False, comment=b"", notes=Notes(), named=False, active=active)


def fit_drawn(study: Study, picture: Image) -> Study:
    """The study with its image and what is drawn on it, as ROIs can hold it. One object at most is the active selection."""
    kept = fitted(study, picture, KEPT.union(HELD))
    populations = tuple(fitted_population(population) for population in kept.populations)
    s = fitted_rois(kept.image_sets[0], populations, _stack(picture))
    if not len(s.shapes):
        return fitted(study, picture, KEPT)
    return replace(kept, image_sets=(_one_active(s),), populations=populations)


def _one_active(s: ImageSet) -> ImageSet:
    """One object at most is the active selection: the first that is one ROI. If it is in no overlay, it is the last."""
    own = s.extras.filter(pl.col("payload").str.contains('"active":', literal=True))
    if own.is_empty():
        return s
    payloads = dict(own.select("id", "payload").iter_rows())
    shapes = np.bincount(s.shapes.frame["object"].to_numpy(), minlength=len(s.objects))
    rows = {one: row for row, one in enumerate(s.objects.frame["id"]) if one in payloads}
    parsed = {one: orjson.loads(text) for one, text in payloads.items()}
    chosen = next((one for one, row in rows.items() if shapes[row] == 1 or "by_point" in parsed[one]), None)
    less = {one: _without_active(payload) for one, payload in parsed.items() if one != chosen}
    texts = [less.get(one, text) for one, text in s.extras.select("id", "payload").iter_rows()]
    s = replace(s, extras=s.extras.with_columns(payload=pl.Series(texts, dtype=pl.Utf8)).drop_nulls("payload"))
    if chosen is None or parsed[chosen]["active"] != ACTIVE["selected"] or rows[chosen] == len(s.objects) - 1:
        return s
    s = take_objects(s, np.array([row for row in range(len(s.objects)) if row != rows[chosen]] + [rows[chosen]], np.int64))
    order = s.objects.frame.select("id", row=pl.int_range(pl.len()))
    membership = Membership.of(s.membership.frame.sort("object", "nth_of_object").select("population", "object"))
    return replace(s, membership=membership, extras=s.extras.join(order, on="id").sort("row").select(list(EXTRAS)))


def _without_active(payload: dict[str, Any]) -> str | None:
    rest = {key: value for key, value in payload.items() if key != "active"}
    return orjson.dumps(rest, option=orjson.OPT_SORT_KEYS).decode() if rest else None


def drawn(study: Study) -> Drawn | None:
    """The ROIs of a fitted study; None if there are none."""
    (s,) = study.image_sets
    if not len(s.shapes):
        return None
    stack = _stack(s.images[0])
    text = about.render(ImageSet(""), study.populations)
    rois = prepared(study, s, partial(_axis, stack=stack), stack, about=text)
    parts = [rois.encoded(begin, begin + BLOCK) for begin in range(0, len(rois), BLOCK)]
    buffer = b"".join(part.tobytes() for part, _ in parts)
    start = offsets(np.concatenate([np.diff(one) for _, one in parts]))
    active = np.flatnonzero(rois.active)
    if not len(active):
        return Drawn(b"", buffer, tuple(np.diff(start).tolist()))
    first = int(active[0])
    a, b = int(start[first]), int(start[first + 1])
    lengths = np.diff(start).tolist()
    if rois.active[first] == ACTIVE["both"]:
        return Drawn(buffer[a:b], buffer, tuple(lengths))
    return Drawn(buffer[a:b], buffer[:a] + buffer[b:], tuple(lengths[:first] + lengths[first + 1 :]))


def _stack(picture: Image) -> Stack:
    channels, planes, times = (size_of(picture.pixels, picture.axes, name) for name in "czt")
    return Stack(sizes=(channels, planes, times))


def _axis(planes: Planes, stack: Stack) -> str | None:
    """The axis whose planes are written as plane number: that of a plain stack, where ImageJ looks at nothing else."""
    used = [name for name in AXES if planes[name].null_count() < len(planes[name])]
    long = {name: size for name, size in zip(AXES, stack.sizes or (), strict=True) if size > 1}
    if len(long) != 1 or used != list(long) or used == ["c"]:
        return None
    highest = planes[used[0]].max()
    return used[0] if isinstance(highest, int) and highest < long[used[0]] else None
