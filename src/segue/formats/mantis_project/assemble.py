"""The parts of a project as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps, loads
from segue.formats.cell_files import usable
from segue.formats.mantis_files.slots import stated_slots
from segue.formats.mantis_files.terms import OWN
from segue.formats.mantis_files.to_model import Contents, contents
from segue.formats.mantis_project import settings as words
from segue.formats.mantis_project.parts import Project, SetParts
from segue.formats.mantis_project.united import PLACE, Defined, definitions, differently_ordered, payload_of, shared
from segue.model.display import Display
from segue.model.objects import Objects, unique_texts
from segue.model.study import ALIASES, EXTRAS, ImageSet, Study
from segue.model.tables import Column, Table

TABLE = "features"
"""Name of the table with the values of segments."""
GENERATED, SETTINGS = "featuresGenerated", "settings"
"""Ids of extras of an image set: Mantis computed its features; the text of its settings."""
_MEASUREMENTS = {"Mean": "mean", "Median": "median", "Sum": "sum", "Num0": "zeros"}
_AREA = "Segment Area"


def assembled(project: Project) -> Study:
    """The study. Populations of the same name are one, in all image sets."""
    ids = shared(project)
    found = [_contents(one, names) for one, names in zip(project.sets, ids, strict=True)]
    defined = definitions(project, ids, [one.regions for one in found])
    place = {name: nth for nth, name in enumerate(defined)}
    display = words.display_of(project.settings)
    sets = tuple(_image_set(one, own, display, _described(one, names, own, defined, place)) for one, names, own in zip(project.sets, ids, found, strict=True))
    populations = tuple(one.population for one in defined.values())
    slots = words.slots_in(project.settings)
    extras = pl.concat([slots, words.as_extras(_unsaid(project, display, slots))])
    return Study(sets, populations, displays=words.displays_of(project.settings), extras=extras)


def _unsaid(project: Project, display: Display | None, slots: pl.DataFrame) -> words.Settings:
    """The settings that the rest of the study does not say."""
    view = words.view_from(display)
    said: words.Settings = view if view == {name: value for name, value in project.settings.items() if name in words.VIEW} else {}
    said = said | {words.MAPPINGS: words.mappings_from(words.displays_of(project.settings), None, stated_slots(slots))}
    said[words.BASENAME] = next((f"{one.layer}.tif" for one in project.sets if one.labels), "")
    return {name: value for name, value in project.settings.items() if said.get(name) != value}


def _contents(one: SetParts, names: Sequence[str]) -> Contents:
    """Segments by their numbers, then regions; members."""
    width = one.grid.size("x") if one.drawable else None  # an outline needs no width
    return contents(one.rows, names, known=_segments(one), width=width)


def _segments(one: SetParts) -> Objects:
    stated = np.unique(np.concatenate([one.features.labels, one.segments["label"].to_numpy(), *(row.members for row in one.rows)]))
    frame = pl.DataFrame({"label": pl.Series(stated, dtype=pl.UInt64)})
    if one.segments.height:
        frame = frame.join(one.segments, on="label", how="left", maintain_order="left")
        frame = frame.with_columns(pl.col("id").fill_null(pl.col("label").cast(pl.Utf8)))
    else:
        frame = frame.with_columns(id=pl.col("label").cast(pl.Utf8))
    return Objects(frame.with_columns(unique_texts(frame["id"]), layer=pl.lit(one.layer)))


def _described(
    one: SetParts, names: Sequence[str], own: Contents, defined: Mapping[str, Defined], order: Mapping[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Extras and aliases of populations: what is other in this image set."""
    told: dict[str, Any] = {name: loads(text.encode()) for owner, name, text in own.extras.select("format", "id", "payload").iter_rows() if owner == OWN}
    moved = differently_ordered(one, names, order)
    extras, aliases = [], []
    for nth, (row, name) in enumerate(zip(one.rows, names, strict=True)):
        payload = told.get(name, {}) | payload_of(row, defined[name], nth) | ({PLACE: nth} if moved else {})
        if payload or not (len(row.members) or name in own.regions):
            extras.append((OWN, "population", name, dumps(payload).decode()))
        if row.id != name:
            aliases.append((OWN, "population", name, row.id))
    others = own.extras.filter(pl.col("format") != OWN)
    return pl.concat([pl.DataFrame(extras, schema=EXTRAS, orient="row"), others]), pl.DataFrame(aliases, schema=ALIASES, orient="row")


def _image_set(one: SetParts, own: Contents, display: Display | None, described: tuple[pl.DataFrame, pl.DataFrame]) -> ImageSet:
    extras, aliases = described
    more = [(OWN, "image set", GENERATED, "true")] if one.generated else []
    more += [(OWN, "image set", SETTINGS, one.settings)] if one.settings else []
    return ImageSet(
        one.name,
        one.grid,
        one.group,
        one.position,
        one.images,
        one.labels,
        own.objects,
        own.shapes,
        tables=_tables(one, own.objects),
        membership=own.membership,
        display=display,
        extras=pl.concat([extras, pl.DataFrame(more, schema=EXTRAS, orient="row")]),
        aliases=aliases,
    )


def _tables(one: SetParts, objects: Objects) -> dict[str, Table]:
    values = one.features.values
    if not values:
        return {}
    labels = objects.frame["label"].drop_nulls().to_numpy()  # segments come first, ascending
    rows = np.searchsorted(labels, one.features.labels).astype(np.int32)
    channels = {name for image in one.images for name in image.channels}
    names = usable([column.name for column in values], ())
    columns = tuple(_column(column.name, name, channels if one.generated else set()) for column, name in zip(values, names, strict=True))
    frame = pl.DataFrame([pl.Series("row", rows), *(column.alias(name) for column, name in zip(values, names, strict=True))])
    return {TABLE: Table("objects", frame, columns)}


def _column(feature: str, name: str, channels: set[str]) -> Column:
    """What is known of a feature that Mantis computed; a name that no column can have stands in the path."""
    path = () if name == feature else (feature,)
    if feature == _AREA and channels:
        return Column(name, path=path, unit="pixel^2", measurement="area")
    channel, _, statistic = feature.rpartition(" ")
    if channel in channels and statistic in _MEASUREMENTS:
        return Column(name, path=path, measurement=_MEASUREMENTS[statistic], channel=channel)
    return Column(name, path=path)
