"""From a study to events: values first, then where the objects are, who they are, and in which image set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from segue.formats.fcs.events import Array, Events
from segue.formats.fcs.facts import ChannelFacts, Facts, image_facts, population_facts
from segue.formats.fcs.names import IMAGE, LABELS, plain, unique
from segue.formats.fcs.numbers import MOST, NONE, coded, digits, singles
from segue.formats.fcs.options import WriteOptions
from segue.formats.value_files import Held, first_of_each, held
from segue.model.objects import repeated_labels
from segue.model.populations import members
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study

MOST_POPULATIONS = 1000
MOST_TEXT = 4_000_000
"""Bytes of all texts that numbers stand for."""


@dataclass
class _Channels:
    """Channels as they are gathered."""

    room: int
    """Bytes that texts may still have."""
    facts: list[ChannelFacts] = field(default_factory=list)
    stains: list[str] = field(default_factory=list)
    columns: list[Array] = field(default_factory=list)

    def add(self, column: Array, stain: str, facts: ChannelFacts) -> None:
        self.columns.append(column)
        self.stains.append(stain)
        self.facts.append(facts)

    def texts(self, texts: pl.Series) -> tuple[Array, list[str]] | None:
        """Texts as numbers, if there is room for the texts."""
        numbers, levels = coded(texts)
        size = sum(len(level.encode("utf-8", "replace")) + 3 for level in levels)
        if size > self.room or len(levels) > MOST:
            return None
        self.room -= size
        return numbers, levels


def flat(study: Study, options: WriteOptions) -> Events:
    """The events of all image sets, with everything that the keyword SEGUE says about them."""
    sets, known = study.image_sets, held(study.image_sets)
    found = _Channels(MOST_TEXT)
    frame = joined(sets)
    identity = list(_identity(frame, found))
    indices = range(options.image_index or 1, (options.image_index or 1) + len(sets))
    for value in known:
        _value(value, found, options, list(indices))
    _populations(study, found)
    for role, column, stain in _places(sets, frame):
        found.add(column, stain, ChannelFacts(role, role))
    for column, stain, facts in identity:
        found.add(column, stain, facts)
    if len(sets) > 1 or options.image_index is not None:
        numbers = [np.full(len(s.objects), index, np.float32) for s, index in zip(sets, indices, strict=True)]
        found.add(np.concatenate(numbers) if numbers else np.empty(0, np.float32), "image set", ChannelFacts(IMAGE, IMAGE))
    fixed = [one.name for one in found.facts if one.role not in ("value", "population")]
    free = iter(unique([plain(one.name) for one in found.facts if one.role in ("value", "population")], fixed))
    for one in found.facts:
        one.name = one.name if one.role not in ("value", "population") else next(free)
    images = [image_facts(s, index) for s, index in zip(sets, indices, strict=True)]
    return Events([one.name for one in found.facts], found.stains, found.columns, Facts(found.facts, images, population_facts(study.populations)))


def joined(sets: tuple[ImageSet, ...]) -> pl.DataFrame:
    """The objects of all image sets, without what single precision cannot hold."""
    frames = [_cleaned(s.objects.frame) for s in sets]
    return pl.concat(frames) if frames else _cleaned(ImageSet("").objects.frame)


def _cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(
        *(pl.when(pl.col(name).is_between(0, MOST)).then(pl.col(name)).alias(name) for name in ("t", "track")),
        label=pl.when(pl.col("label") > 0).then("label"),
    )
    return frame.with_columns(label=pl.when(~repeated_labels(frame)).then("label"))


def _identity(frame: pl.DataFrame, found: _Channels) -> Iterator[tuple[Array, str, ChannelFacts]]:
    """Label, layer, id and name; texts only where the label does not say them already."""
    for role, column in zip(LABELS, digits(frame["label"].fill_null(0).to_numpy()), strict=False):
        step = LABELS.index(role) * 24
        yield column, f"label / 2^{step}" if step else "label", ChannelFacts(role, role)
    usual = pl.when(pl.col("label").is_not_null()).then(pl.lit("labels"))
    stated = {
        "layer": None if frame.select(pl.col("layer").eq_missing(usual).all()).item() else frame["layer"],
        "id": frame["id"].set(frame["id"].eq_missing(frame["label"].cast(pl.Utf8)), None),
        "name": frame["name"],
    }
    several = frame["layer"].n_unique() > 1 or frame["t"].n_unique() > 1  # then a label alone is not what an id is without this channel
    for role, texts in stated.items():
        if (
            texts is not None
            and (role == "layer" or (role == "id" and several) or texts.null_count() < len(texts))
            and (made := found.texts(texts)) is not None
        ):
            yield made[0], f"number of {role}", ChannelFacts(role, role, levels=made[1])


def _places(sets: tuple[ImageSet, ...], frame: pl.DataFrame) -> Iterator[tuple[str, Array, str]]:
    """Position, plane, time and track, where anything is known of them."""
    points = [positions(s) for s in sets]
    placed = np.concatenate(points) if points else np.empty((0, 3), np.float32)
    for role, nth in (("x", 0), ("y", 1), ("z", 2)):
        if (placed[:, nth if nth == 2 else slice(0, 2)] != NONE).any():
            yield role, np.ascontiguousarray(placed[:, nth]), "" if role == "z" else f"{role} position, pixels"
    for role in ("t", "track"):
        if frame[role].null_count() < frame.height:
            yield role, frame[role].fill_null(-1).to_numpy().astype(np.float32), ""


def positions(s: ImageSet) -> Array:
    """(x, y, z) of every object in single precision, from its first point; -1 = not known."""
    found = np.full((len(s.objects), 3), NONE, np.float32)
    frame = s.shapes.frame
    points = (frame["kind"] == str(ShapeKind.POINT)).to_numpy()
    first = first_of_each(frame["object"], points)
    with np.errstate(over="ignore"):
        coords = s.shapes.rings.coords[s.shapes.rings.coord_start[first]].astype(np.float32)
    there = np.isfinite(coords).all(axis=1) & (coords != NONE).any(axis=1)
    rows = frame["object"].to_numpy()[first][there]
    found[rows, :2] = coords[there]
    z = frame["z"].fill_null(-1).to_numpy()[first][there]
    found[rows, 2] = np.where((z >= 0) & (z <= MOST), z, NONE)
    return found


def _value(value: Held, found: _Channels, options: WriteOptions, indices: list[int]) -> None:
    fact = value.column
    levels = None
    if fact.type in ("text", "json"):
        made = found.texts(value.series)
        if made is None:
            return
        column, levels = made
    else:
        column = singles(value.series, options.nan)
    found.add(
        column,
        fact.name,
        ChannelFacts(
            fact.name,
            "value",
            fact.name,
            value.table,
            fact.type,
            fact.property,
            fact.path,
            fact.unit,
            fact.measurement,
            fact.channel,
            fact.layer,
            None if len(value.sets) == len(indices) else [indices[nth] for nth in value.sets],
            levels,
        ),
    )


def _populations(study: Study, found: _Channels) -> None:
    """A channel of 0 and 1 for each population that has members."""
    start = np.cumsum([0, *(len(s.objects) for s in study.image_sets)])
    there = {name for s in study.image_sets for name in s.membership.frame["population"].unique()}
    written = [(place, one) for place, one in enumerate(study.populations) if one.id in there][:MOST_POPULATIONS]
    columns = [np.zeros(int(start[-1]), np.uint8) for _ in written]
    for s, first in zip(study.image_sets, start, strict=False):
        for nth, objects in members([one.id for _, one in written], s.membership):
            columns[nth][objects + first] = 1
    for (place, one), column in zip(written, columns, strict=True):
        name = ": ".join(one.name)
        found.add(column, name, ChannelFacts(name, "population", population=place))
