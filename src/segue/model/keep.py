"""Dropping what a format has no place for: the first step of every ``fit``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import polars as pl

from segue.model.connections import Connections
from segue.model.features import Feature as F
from segue.model.image import Image, LabelImage
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels
from segue.model.populations import Membership, Population
from segue.model.rules import ListRule
from segue.model.shapes import STYLE, ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table


def keep(study: Study, features: Collection[F]) -> Study:
    """The study with only the given features; everything else has its neutral value.

    Formats that hold one image set keep the first one (``IMAGE_SETS`` not among the features).
    """
    image_sets = study.image_sets if F.IMAGE_SETS in features else study.image_sets[:1]
    kept = replace(
        study,
        image_sets=tuple(_image_set(image_set, features) for image_set in image_sets),
        properties=study.properties if F.PROPERTIES in features else (),
        displays=study.displays if F.DISPLAY in features else (),
        extras=study.extras if F.STUDY_EXTRAS in features else study.extras.clear(),
    )
    return _populations(kept, features)


def _image_set(s: ImageSet, features: Collection[F]) -> ImageSet:
    s = _context(s, features)
    s = replace(
        s,
        images=tuple(_image(image, features) for image in s.images) if F.IMAGES in features else (),
        labels=tuple(_labels(image, nth, features) for nth, image in enumerate(s.labels)) if F.LABELS in features else (),
        shapes=_shapes(s.shapes, features),
        connections=s.connections if F.CONNECTIONS in features else Connections.empty(),
        tables=_tables(s, features),
        display=s.display if F.DISPLAY in features else None,
        extras=s.extras if F.EXTRAS in features else s.extras.clear(),
        aliases=s.aliases if F.EXTRAS in features else s.aliases.clear(),
    )
    return _objects(s, features)


def _context(s: ImageSet, features: Collection[F]) -> ImageSet:
    grid = s.grid
    if F.PIXEL_SIZE not in features:
        grid = grid.without_scale()
    if F.ORIGIN not in features:
        grid = grid.without_origin()
    if F.GRID_SIZE not in features:
        grid = grid.without_sizes()
    if F.IMAGE_SET_NAME not in features:
        s = replace(s, name="", group=None, position=())
    return replace(s, grid=grid)


def _image(image: Image, features: Collection[F]) -> Image:
    return replace(
        image,
        name=image.name if F.IMAGE_NAME in features else "image",
        channels=image.channels if F.CHANNEL_NAMES in features else (),
        data_range=image.data_range if F.DATA_RANGE in features else None,
        inverted=image.inverted and F.INVERTED in features,
    )


def _labels(image: LabelImage, nth: int, features: Collection[F]) -> LabelImage:
    name = image.name if F.LAYER in features else f"labels{nth + 1 if nth else ''}"
    return replace(image, name=name, persists=image.persists or F.LABEL_TIME not in features)


def _objects(s: ImageSet, features: Collection[F]) -> ImageSet:
    if F.OBJECTS not in features:
        empty = Objects.empty()
        return replace(s, objects=empty, shapes=Shapes.empty(), membership=Membership.empty(), connections=Connections.empty(), tables=_about_images(s))
    nulls = {
        column: pl.lit(None, dtype=SCHEMA[column])
        for feature, column in {F.OBJECT_LABEL: "label", F.OBJECT_TIME: "t", F.TRACK: "track", F.OBJECT_NAME: "name", F.OBJECT_COLOUR: "colour"}.items()
        if feature not in features
    }
    frame = s.objects.frame.with_columns(**nulls)
    if F.OBJECT_LOCKED not in features:
        frame = frame.with_columns(locked=pl.lit(False))
    if F.LAYER not in features:
        frame = frame.with_columns(layer=pl.lit(None, dtype=SCHEMA["layer"]))
    frame = frame.with_columns(label=pl.when(~repeated_labels(frame)).then("label"))
    if F.LAYER not in features:
        frame = frame.with_columns(layer=pl.when(pl.col("label").is_not_null()).then(pl.lit("labels")))
    if F.OBJECT_ID not in features:
        frame = frame.with_columns(default_ids(frame))
    return replace(s, objects=Objects(frame))


def _shapes(shapes: Shapes, features: Collection[F]) -> Shapes:
    kinds = tuple(kind for kind in ShapeKind if kind.feature in features)
    if set(shapes.frame["kind"].unique().cast(pl.Utf8)) - {str(kind) for kind in kinds}:
        shapes = shapes.of_kinds(kinds)
    changes: dict[str, object] = {}
    outlines = (shapes.frame["role"] == "outline").to_numpy()
    if F.SHAPE_ROLE not in features and not outlines.all():
        shapes = shapes.take(np.flatnonzero(outlines))
    if F.SHAPE_PLANE not in features:
        changes |= {"z": None, "c": None}
    if F.SHAPE_STYLE not in features:
        changes |= dict.fromkeys(STYLE)
    return shapes.with_columns(**changes) if changes else shapes


def _tables(s: ImageSet, features: Collection[F]) -> dict[str, Table]:
    if F.VALUES not in features:
        return {}
    tables = {name: table for name, table in s.tables.items() if table.about != "connections" or F.CONNECTIONS in features}
    if F.STALE not in features:
        tables = {name: replace(table, stale=table.stale.clear()) if len(table.stale) else table for name, table in tables.items()}
    if F.COLUMNS in features:
        return tables
    return {name: replace(table, columns=tuple(Column(column.name, column.type) for column in table.columns)) for name, table in tables.items()}


def _about_images(s: ImageSet) -> dict[str, Table]:
    return {name: table for name, table in s.tables.items() if table.about == "image set"}


def _populations(study: Study, features: Collection[F]) -> Study:
    if F.POPULATIONS not in features:
        return replace(study, populations=(), image_sets=tuple(replace(s, membership=Membership.empty()) for s in study.image_sets))
    populations = tuple(_population(population, features) for population in study.populations)
    if F.MEMBERSHIP in features:
        return replace(study, populations=populations)
    return replace(study, populations=populations, image_sets=tuple(replace(s, membership=Membership.empty()) for s in study.image_sets))


def _population(population: Population, features: Collection[F]) -> Population:
    if F.POPULATION_COLOUR not in features:
        population = replace(population, colour=None)
    if F.RULES not in features:
        population = replace(population, rule=ListRule())
    if F.POPULATION_SETTINGS not in features:
        population = replace(population, kind="population", visible=True, order=None, number=None, exclusive=False)
    return population
