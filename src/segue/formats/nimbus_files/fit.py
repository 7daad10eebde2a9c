"""What NimbusImage can hold of a study: the one place where it is decided, for every file of its annotations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.nimbus_plain import json_of
from segue.formats.annotation_files import fitted_tables
from segue.formats.nimbus_files.about import about_image, history_of, object_of
from segue.formats.nimbus_files.choice import Choice
from segue.formats.nimbus_files.fit_shapes import fitted_shapes
from segue.formats.nimbus_files.terms import ANNOTATION, CONNECTION, DATASET, KNOWN_TOP, NAME, RESERVED, STUDY
from segue.model.connections import Connections
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.populations import Membership
from segue.model.rules import ListRule
from segue.model.select import take_objects
from segue.model.shapes import Shapes
from segue.model.study import ALIASES, EXTRAS, ImageSet, Study


def fitted(study: Study, choice: Choice, features: Collection[Feature]) -> Study:
    """The study with only what a file can hold.

    Parameters
    ----------
    study
        Any.
    choice
        What is written.
    features
        What the format keeps, exactly or not.
    """
    about = [about_image(s) for s in study.image_sets]
    kept = keep(study, set(features) - {Feature.RULES, Feature.LABELS})
    image_sets = tuple(_image_set(s, choice, said) for s, said in zip(kept.image_sets, about, strict=True))
    populations = tuple(replace(one, rule=ListRule()) for one in kept.populations)
    properties = kept.properties if choice.properties else ()
    return Study(image_sets or (ImageSet(""),), populations, properties, extras=_study_extras(kept.extras))


def _image_set(s: ImageSet, choice: Choice, about: dict[str, Any]) -> ImageSet:
    s = replace(s, shapes=fitted_shapes(s.shapes, choice.holes) if choice.annotations else Shapes.empty())
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    connections = s.connections if choice.connections else Connections.empty()
    tables = fitted_tables(s.tables, len(s.objects)) if choice.values and choice.properties and choice.annotations else {}
    s = replace(s, connections=connections, tables=tables, membership=_members(s.membership))
    return replace(s, extras=_extras(s), aliases=_aliases(s.aliases), history=history_of(about))


def _members(membership: Membership) -> Membership:
    """In the order of the objects; the fingerprint of a population where all its members have the same."""
    frame = membership.frame.sort("object", "nth_of_object")
    made = Membership.of(frame.select("population", "object"))
    if frame["labels"].null_count() == frame.height:
        return made
    same = frame.group_by("population").agg(pl.col("labels").n_unique().alias("n"), pl.col("labels").first())
    table = same.select("population", found=pl.when(pl.col("n") == 1).then("labels"))
    return Membership(made.frame.join(table, on="population", how="left", maintain_order="left").with_columns(labels="found").drop("found"))


def _own(rows: pl.DataFrame, name: str, entity: str) -> pl.DataFrame:
    return rows.filter((pl.col("format") == name) & (pl.col("entity") == entity))


def _extras(s: ImageSet) -> pl.DataFrame:
    """What came from NimbusImage's files and is written back."""
    objects = _payloads(_own(s.extras, NAME, ANNOTATION), s.objects.frame["id"])
    connections = _payloads(_own(s.extras, NAME, CONNECTION), s.connections.frame["id"])
    return pl.concat([objects, connections])


def _payloads(rows: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """One row per entity that is there, in their order, with only members that have no meaning."""
    if rows.is_empty():
        return rows
    rows = rows.unique("id", keep="last")
    distinct = rows["payload"].unique()
    cleaned = pl.DataFrame({"payload": distinct, "clean": pl.Series([_clean(text) for text in distinct], dtype=pl.Utf8)})
    rows = rows.join(cleaned, on="payload", how="left", nulls_equal=True).with_columns(payload="clean").drop("clean")
    ordered = ids.to_frame("id").join(rows, on="id", how="inner", maintain_order="left")
    return ordered.filter(pl.col("payload").is_not_null()).select(list(EXTRAS))


def _clean(text: str | None) -> str | None:
    found = {key: value for key, value in object_of(text).items() if key not in RESERVED}
    return json_of(found) if found else None


def _aliases(rows: pl.DataFrame) -> pl.DataFrame:
    """The id of the dataset."""
    own = _own(rows, NAME, DATASET).filter(pl.col("alias").fill_null("") != "").head(1)
    return own.with_columns(id=pl.lit("")).select(list(ALIASES))


def _study_extras(rows: pl.DataFrame) -> pl.DataFrame:
    found: dict[str, Any] = {}
    for text in _own(rows, NAME, STUDY)["payload"]:
        found |= {key: value for key, value in object_of(text).items() if key not in KNOWN_TOP}
    return pl.DataFrame([{"format": NAME, "entity": STUDY, "id": "", "payload": json_of(found)}] if found else [], schema=EXTRAS)
