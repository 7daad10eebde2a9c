"""What an output can hold of a measured study, and what that costs.

What lies in the files that were measured (pixels, outlines) is not lost when a table does not repeat it; what was measured, and who was measured,
is compared with what each file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.formats.format import Accepts, Format
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.rings import Rings
from segue.model.select import take_objects
from segue.model.shapes import ShapeKind, Shapes, joined
from segue.model.study import Event, ImageSet, Study
from segue.notes import Notes
from segue.workflow.compare import losses
from segue.workflow.derive import Policy
from segue.workflow.derive_points import points_from_shapes
from segue.workflow.enabling import require_for
from segue.workflow.measuring.outputs import Output
from segue.workflow.measuring.values import TABLE
from segue.workflow.prepare import prepare

RESULT = frozenset(
    {F.IMAGE_SETS, F.OBJECTS, F.OBJECT_ORDER, F.OBJECT_ID, F.OBJECT_LABEL, F.OBJECT_TIME, F.OBJECT_NAME, F.LAYER, F.TRACK}
    | {F.VALUES, F.POPULATIONS, F.MEMBERSHIP, F.CONNECTIONS}
)
"""What measuring gives; everything else stays in the files that were measured."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A study that was measured."""

    study: Study
    centres: Sequence[pl.DataFrame] = ()
    """Per image set (id, x, y, z), in pixels: where its objects are; empty = it is looked up in the pixels where it is needed."""
    event: Callable[[Path], Event] | None = None
    """What the history of a study that is written to a path says about it; None = nothing."""


def fitted(measured: Measured, one: Output, settings: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """What a file will hold, and what of the result it does not."""
    require_for(one.record, measured.study, where)
    if one.record.name == STUDY.name:
        return one.record.fitted(_with_event(measured, one.target), one.options), Notes()
    several = any(TABLE in s.tables for s in measured.study.image_sets)
    study = measured.study.map(lambda s: _measured_only(s, among=several))
    if one.record.accepts == {Accepts.TABLE}:
        source, notes = study.map(_bare), Notes()
        if measured.centres and F.POINT in one.record.keeps:
            stated = one.options.positions
            study = study.map(_without_shapes) if stated else study
            study, source = (part.map(lambda s: _without_places(s, stated)) for part in (study, source))
        if measured.centres:
            sets = zip(study.image_sets, measured.centres, strict=True)
            study = replace(study, image_sets=tuple(with_centres(s, centres) for s, centres in sets))
        ready = study.map(lambda s: points_from_shapes(s)[0])
    else:
        source, ready, notes = prepare(study.map(lambda s: replace(s, images=())), one.record, Policy(), settings, where)
    held = one.record.fitted(ready, one.options)
    features = RESULT - ({F.LAYER} if _one_layer(source) else set())
    lost = losses(_result(source, features, one.record), _result(held, features, one.record), one.record)
    return held, notes + Notes(tuple(note for note in lost if note.feature is not F.COLUMNS))


def _without_places(s: ImageSet, stated: Collection[str]) -> ImageSet:
    """Without the columns ``x`` and ``y`` in pixels (and those in ``stated``), where the position that the file states for each object is just that."""
    table = s.tables.get(TABLE)
    if table is None or len(s.shapes):
        return s
    kept = tuple(one for one in table.columns if not (one.measurement in ("x", "y") and one.unit == "px" and one.name in (one.measurement, *stated)))
    frame = pl.DataFrame([table.frame["row"], *(table.frame.get_column(one.name) for one in kept)])
    return replace(s, tables={**s.tables, TABLE: replace(table, frame=frame, columns=kept)})


def _with_event(measured: Measured, target: Path) -> Study:
    if measured.event is None:
        return measured.study
    event = measured.event(target)
    return measured.study.map(lambda s: replace(s, history=(*s.history, event)))


def with_centres(s: ImageSet, centres: pl.DataFrame) -> ImageSet:
    """The image set with the centres of measured objects as points where they have no shape; without its label images, which say no more then."""
    drawn = s.shapes.frame["object"].unique()
    numbered = s.objects.frame.select("id", object=pl.int_range(pl.len(), dtype=pl.Int32)).filter(~pl.col("object").is_in(drawn.implode()))
    found = numbered.join(centres, on="id", how="inner", maintain_order="left")
    coords = found.select("x", "y").to_numpy().astype(np.float64)
    ones = np.arange(found.height + 1, dtype=np.int64)
    points = Shapes(found.select("object", "z").with_columns(kind=pl.lit(str(ShapeKind.POINT))), Rings(np.ascontiguousarray(coords), ones, ones, ones))
    return replace(s, labels=(), shapes=joined([s.shapes, points]) if len(s.shapes) else points)


def _one_layer(study: Study) -> bool:
    """Whether the label alone says which segment is meant: the name of the only layer stands in what was measured."""
    return all(s.objects.frame["layer"].n_unique() < 2 for s in study.image_sets)


def _result(study: Study, features: frozenset[F], record: Format) -> Study:
    """What measuring gave; outlines, and what columns mean, can be had again. Where a format has label images, these say which objects there are."""
    return keep(study, features | ({F.LABELS} & set(record.keeps))).map(_without_shapes)


def _measured_only(s: ImageSet, *, among: bool) -> ImageSet:
    """Without objects and label images that were not measured, as those of other layers; without any where only other image sets were (``among``)."""
    table = s.tables.get(TABLE)
    if table is None and among:
        return replace(take_objects(s, np.empty(0, np.int64)), labels=())
    if table is None or len(table) == len(s.objects):
        return s
    s = take_objects(s, table.frame["row"].to_numpy().astype(np.int64))
    layers = set(s.objects.frame["layer"].unique())
    return replace(s, labels=tuple(image for image in s.labels if image.name in layers))


def _bare(s: ImageSet) -> ImageSet:
    return replace(s, images=(), labels=(), shapes=Shapes.empty())


def _without_shapes(s: ImageSet) -> ImageSet:
    return replace(s, shapes=Shapes.empty())
